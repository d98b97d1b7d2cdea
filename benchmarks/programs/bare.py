"""The least that FastAPI can be: one async route that returns a constant. `python bare.py PORT`."""

import sys

import uvicorn
from fastapi import FastAPI

app = FastAPI()
ANSWER = {"alpha": 1.2, "beta": 1.1, "gamma": 1.15, "accuracy": 0.9, "verdict": "chosen"}


@app.get("/best")
async def best():
    return ANSWER


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning")
