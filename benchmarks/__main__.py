"""Run benchmarks: all of them, or one by name with its options."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks import (
    dashboard,
    exporting,
    figures,
    planning,
    preparing,
    report,
    scheduling,
    selection,
    service,
    steps,
    strategies,
    throughput,
    transfer,
)

BENCHMARKS = {
    "dashboard": dashboard,
    "exporting": exporting,
    "figures": figures,
    "planning": planning,
    "preparing": preparing,
    "scheduling": scheduling,
    "selection": selection,
    "service": service,
    "steps": steps,
    "strategies": strategies,
    "throughput": throughput,
    "transfer": transfer,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Without a name all of them run with their defaults, in some twenty minutes on "
        "two cores; let nothing else run meanwhile.",
        epilog="benchmarks/proxy_recipe.py, which takes hours, is run by itself: "
        "python benchmarks/proxy_recipe.py --help",
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", type=Path, help="also write figures and environment here")
    common.add_argument(
        "--tiny", action="store_true", help="the smallest sizes that run: figures mean nothing"
    )
    subparsers = parser.add_subparsers(dest="name", metavar="NAME", required=True)
    for name, module in BENCHMARKS.items():
        summary = (module.__doc__ or "").partition("\n")[0]
        one = subparsers.add_parser(name, help=summary, description=summary, parents=[common])
        module.add_arguments(one)
    subparsers.add_parser("all", help="every one of the above (the default)", parents=[common])
    given = sys.argv[1:]
    named = given and (given[0] in (*BENCHMARKS, "all") or given[0] in ("-h", "--help"))
    arguments = parser.parse_args(given if named else ["all", *given])

    environment = report.environment()
    print(report.describe(environment), flush=True)
    measured: list[tuple[str, report.Figure]] = []
    for name, module in BENCHMARKS.items():
        if arguments.name not in (name, "all"):
            continue
        options = arguments
        if arguments.name == "all":
            options = parser.parse_args([name, *(["--tiny"] if arguments.tiny else [])])
        print(f"\n{name}: {(module.__doc__ or '').partition(chr(10))[0]}", flush=True)
        measured += [(name, figure) for figure in module.run(options)]
    print("\n" + report.table(measured))
    if arguments.json:
        found = {"environment": environment, "figures": report.as_json(measured)}
        arguments.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
