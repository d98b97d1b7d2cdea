"""Transfer learning: what was learned on some images, used on others, beside a start from scratch.

- `sources`: weights of a checkpoint, of another library's file, or of the Hub (`hub`);
- `targets`: data sets as those weights want their images;
- `probe`: features computed once, and classifiers trained on them;
- `training`: one run by one method;
- `findings`: accuracies with intervals, gains over scratch;
- `running`: a transfer from its specification to its report.
"""
