"""Networks where they will run: FLOPs are not speed.

- `backends`: what runs a network here, each from a file of its own: PyTorch, onnxruntime, int8;
- `measurement`: latency, memory and file size together, as they are stored;
- `timer`: latency beside the baseline's, for planning;
- `latency`: p50 and p95 of networks, interleaved so that drift of the machine hits all alike;
- `memory`: the peak of a process that runs one network;
- `onnx_files`: ONNX, checked against PyTorch;
- `int8`: static quantisation, calibrated on images.
"""
