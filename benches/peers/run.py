"""Side by side: peers and our `solve` on the instances of a suite, with the same wall time and the same two cores.

Peers of one thread run with two seeds at once, one per core, and the better plan counts; peers with threads of
their own run once with two. Every plan is recomputed by `instances.check`; the cost that counts is that one.
Rows go to OUT/results.csv as they come, the summary to OUT/summary.md. See README.md beside this file.
"""

import argparse
import csv
import json
import math
import os
import pathlib
import re
import resource
import signal
import statistics
import subprocess
import sys
import time

import instances
import peers

HERE = pathlib.Path(__file__).resolve().parent
OURS = "lastmile"
ROUNDING = {"round": "nint", "hier": "exact"}
COLUMNS = ["family", "instance", "peer", "time_limit_s", "seeds", "status", "cost", "claimed", "reference",
           "convention", "gap_percent", "routes", "answer_s", "wall_s", "note"]


def arguments():
    parser = argparse.ArgumentParser(description="Side by side on a suite of benchmark instances.")
    parser.add_argument("suites", nargs="+", type=pathlib.Path, help="files with one relative path per line")
    parser.add_argument("--instances", type=pathlib.Path, required=True, help="folder of the families and bks.csv")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder for results.csv, summary.md, plans")
    parser.add_argument("--peers", default=",".join([OURS, *peers.PEERS]), help="comma-separated")
    parser.add_argument("--time-limit", type=float, default=10, help="seconds of wall time for one run")
    parser.add_argument("--seed", type=int, default=1, help="peers of one thread use this and the next")
    parser.add_argument("--limit", type=int, help="only the first instances of each suite")
    parser.add_argument("--cores", default="0,1", help="the two cores all runs share")
    parser.add_argument("--memory-gib", type=float, default=10, help="address space of one process, twice that for one alone")
    parser.add_argument("--grace", type=float, help="seconds after the limit until a run is ended, default 2 T + 20")
    parser.add_argument("--solve", type=pathlib.Path, default=HERE.parents[1] / "target/release/examples/solve")
    parser.add_argument("--solve-args", default="", help="more arguments for our solve")
    parser.add_argument("--resume", action="store_true", help="keep the rows of results.csv, but failed ones, and do the rest")
    options = parser.parse_args()
    options.cores = [int(word) for word in options.cores.split(",")]
    options.peers = options.peers.split(",")
    options.grace = 2 * options.time_limit + 20 if options.grace is None else options.grace
    if unknown := set(options.peers) - {OURS, *peers.PEERS}:
        parser.error(f"--peers {','.join(sorted(unknown))}: expected some of {OURS}, {', '.join(peers.PEERS)}")
    return options


def read_suite(path, folder):
    """The instances of a suite as (path, family, convention), all faults of the file at once."""
    found, faults = [], []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        words = line.split("#")[0].split()
        if not words:
            continue
        family = pathlib.Path(words[0]).parts[0]
        convention = words[1] if len(words) > 1 else instances.CONVENTIONS.get(family)
        if not (folder / words[0]).is_file():
            faults.append(f"{path}:{number}: {words[0]!r} is no file below {folder}")
        elif convention is not None and convention not in instances.SCALES:
            faults.append(f"{path}:{number}: convention {convention!r}, expected one of {', '.join(instances.SCALES)}")
        else:
            found.append((folder / words[0], family, convention))
    if faults:
        sys.exit("\n".join(faults))
    return found


def read_references(path):
    """Best-known costs by (family, instance, convention)."""
    with path.open(newline="") as file:
        return {(row["family"], row["instance"], row["convention"]): float(row["cost"])
                for row in csv.DictReader(file)}


def reference_of(references, family, name, convention):
    """The best-known cost and its convention; that of another one when there is none, which the row then says."""
    for kind in [convention, "exact", "hier", "double"]:
        if (family, name, kind) in references:
            return references[family, name, kind], kind
    return math.nan, ""


class Run:
    """One process of a peer: started at once, waited for in `answer`."""

    def __init__(self, command, cores, memory, solution):
        self.solution, self.start = solution, time.perf_counter()
        solution.unlink(missing_ok=True)

        def prepare():
            os.sched_setaffinity(0, cores)
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
        self.errors = solution.with_suffix(".err").open("w+")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        preexec_fn=prepare, start_new_session=True, env=environment)

    def answer(self, limit):
        """Output and wall time in seconds; a status other than `ok` says how it failed."""
        try:
            output, _ = self.process.communicate(timeout=max(limit - (time.perf_counter() - self.start), 0.1))
            status = "ok" if self.process.returncode == 0 else "failed"
        except subprocess.TimeoutExpired:
            self.end()
            output, _ = self.process.communicate()
            status = "no answer in time"
        wall = time.perf_counter() - self.start
        self.errors.seek(0)
        last = [line.strip() for line in self.errors.read().splitlines() if line.strip()][-1:]
        self.errors.close()
        if status == "ok" and not self.solution.exists():
            status = "failed"
        note = "" if status == "ok" else f"exit {self.process.returncode}: {''.join(last)[:200]}"
        return output, wall, status, note

    def end(self):
        """Ends the process, and those it began, if it still runs."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)


def commands(peer, case, size, options, stem):
    """The command, cores and solution file of each run of a peer on an instance."""
    path, family, convention = case
    if peer == OURS:
        out = stem.with_suffix(".sol")
        objective = ["--objective", "hierarchical"] if convention == "hier" else []
        yield ([str(options.solve), "--instance", str(path), "--time-limit", f"{options.time_limit:g}",
                "--threads", str(len(options.cores)), "--seed", str(options.seed),
                "--round", ROUNDING.get(convention, convention), *objective, "--solution", str(out),
                *options.solve_args.split()], options.cores, out)
        return
    threads = peers.PEERS[peer][1] or len(options.cores)
    if size > instances.LARGE:
        threads = max(threads, len(options.cores))
    cores = [options.cores] if threads > 1 else [[core] for core in options.cores]
    for number, own in enumerate(cores):
        seed = options.seed + number
        out = stem.with_name(f"{stem.name}.{seed}.sol")
        yield ([sys.executable, str(HERE / "peers.py"), peer, family, convention, str(path),
                str(options.time_limit), str(seed), str(threads), str(out)], own, out)


def claim(peer, output):
    """What a run says of itself: cost in natural units, seconds to the answer, note."""
    if peer == OURS:
        words = next((line.split() for line in output.splitlines() if line.startswith("result ")), [])
        value = dict(zip(words[2::2], words[3::2]))
        number = {key: float(text) for key, text in value.items() if re.fullmatch(r"[-+]?[0-9.]+(e[-+]?[0-9]+)?", text)}
        note = f"{value.get('steps', '?')} steps, {value.get('unserved', '?')} unserved"
        return number.get("cost", math.nan), number.get("seconds", math.nan), note
    said = json.loads(output.splitlines()[-1])
    return math.nan if said["claimed"] is None else said["claimed"], said["seconds"], said["note"]


def judge(peer, instance, run, limit):
    """One run as a dictionary: status, recomputed cost, what it said."""
    output, wall, status, note = run.answer(limit)
    result = {"status": status, "note": note, "wall_s": wall, "answer_s": math.nan, "cost": math.nan,
              "claimed": math.nan, "routes": ""}
    if status != "ok":
        return result
    result["claimed"], result["answer_s"], result["note"] = claim(peer, output)
    routes = instances.read_solution(run.solution)
    cost, faults = instances.check(instance, routes)
    result["routes"] = len(routes)
    if faults:
        left_out = all(fault.endswith("is not visited") for fault in faults)
        result["status"] = "no plan" if not routes else "incomplete" if left_out else "infeasible"
        result["note"] = f"{len(faults)} faults, first: {faults[0]}; {result['note']}"
        return result
    result["cost"] = cost
    if math.isfinite(result["claimed"]) and abs(cost - result["claimed"]) > 1e-6 * abs(cost) + 0.01:
        result["note"] = f"its own cost differs; {result['note']}"
    return result


def run_peer(peer, case, instance, options):
    """Runs a peer's processes side by side and returns the best result."""
    family = case[1]
    if peer != OURS and family not in peers.PEERS[peer][0]:
        return {"status": "unsupported", "note": "", "seeds": 0}
    if peer == OURS and not options.solve.is_file():
        return {"status": "failed", "note": f"{options.solve} is not built", "seeds": 0}
    folder = options.out / "plans" / peer
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"{family}.{case[0].stem}.{options.time_limit:g}s.best"
    started = list(commands(peer, case, len(instance), options, stem))
    memory = int(options.memory_gib * 2**30) * (1 if len(started) > 1 else 2)
    running = [Run(command, cores, memory, solution) for command, cores, solution in started]
    try:
        results = [judge(peer, instance, run, options.time_limit + options.grace) for run in running]
    finally:  # also when interrupted: the runs are sessions of their own
        for run in running:
            run.end()
    best = min(results, key=lambda result: (result["status"] != "ok", result["cost"]))
    if best["status"] == "ok" and best["answer_s"] > options.time_limit * 1.05 + 0.1:
        best["note"] += "; answered late"
    best["wall_s"] = max(result["wall_s"] for result in results)
    best["seeds"] = len(results)
    failed = sum(result["status"] != "ok" for result in results)
    if failed and best["status"] == "ok":
        best["note"] += f"; {failed} of {len(results)} runs gave no plan"
    return best


def rows_of(case, references, options, done):
    """Runs every peer that is not done on one instance and yields rows."""
    path, family, convention = case
    instance = None
    for peer in options.peers:
        key = (family, path.stem, peer, f"{options.time_limit:g}")
        if key in done:
            continue
        row = dict(zip(COLUMNS, key))
        if family not in instances.CONVENTIONS:
            yield dict(row, status="unsupported", note="the checker does not read this family")
            continue
        instance = instance or instances.read(path, family, convention)
        cost, kind = reference_of(references, family, path.stem, convention)
        result = run_peer(peer, case, instance, options)
        row |= result | {"reference": cost, "convention": kind}
        if result["status"] == "ok":
            row["gap_percent"] = 100 * (result["cost"] / cost - 1)
        yield row


def shown(value):
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.4f}".rstrip("0").rstrip(".")
    return value


def number(text):
    return math.nan if text == "" else float(text)


def summary(rows):
    """Markdown: per family and time one row per peer, with failures counted and a fair second column."""
    lines = ["| family | T, s | peer | solved | gap mean, % | gap worst, % | ours on the same, % | best or tied "
             "| wall, s: mean, max | failures |",
             "|---|---|---|---|---|---|---|---|---|---|"]
    groups = sorted({(row["family"], float(row["time_limit_s"])) for row in rows})
    for family, limit in groups:
        here = [row for row in rows if row["family"] == family and float(row["time_limit_s"]) == limit]
        gaps = {(row["peer"], row["instance"]): number(row["gap_percent"]) for row in here if row["status"] == "ok"}
        least = {}
        for (_, name), gap in gaps.items():
            least[name] = min(gap, least.get(name, math.inf))
        for peer in dict.fromkeys(row["peer"] for row in here):
            own = [row for row in here if row["peer"] == peer]
            lines.append(_summary_line(family, limit, peer, own, gaps, least))
    other = sorted({row["family"] for row in rows if row["convention"] and row["family"] in instances.CONVENTIONS
                    and row["convention"] != instances.CONVENTIONS[row["family"]]})
    if other:
        lines += ["", f"Some best-known values of {', '.join(other)} are of another convention than the family's; "
                  "the column `convention` of results.csv says which. Their gaps compare peers, but are no gaps."]
    return "\n".join(lines) + "\n"


def _summary_line(family, limit, peer, own, gaps, least):
    solved = [row for row in own if row["status"] == "ok"]
    values = [gap for row in solved if not math.isnan(gap := gaps[peer, row["instance"]])]
    ours = [gaps.get((OURS, row["instance"]), math.nan) for row in solved]
    walls = [number(row["wall_s"]) for row in own if row["wall_s"] != ""]
    failures = {}
    for row in own:
        if row["status"] != "ok":
            failures[row["status"]] = failures.get(row["status"], 0) + 1
    best = sum(gaps[peer, row["instance"]] <= least[row["instance"]] + 1e-9 for row in solved)
    ours_known = ours and not any(math.isnan(gap) for gap in ours)
    cells = [family, f"{limit:g}", peer, f"{len(solved)}/{len(own)}",
             f"{statistics.fmean(values):.2f}" if values else "–", f"{max(values):.2f}" if values else "–",
             f"{statistics.fmean(ours):.2f}" if ours_known else "–", str(best) if solved else "–",
             f"{statistics.fmean(walls):.1f}, {max(walls):.1f}" if walls else "–",
             ", ".join(f"{count} {status}" for status, count in sorted(failures.items())) or "none"]
    return "| " + " | ".join(cells) + " |"


def main():
    options = arguments()
    references = read_references(options.instances / "bks.csv")
    cases = [case for suite in options.suites for case in read_suite(suite, options.instances)[: options.limit]]
    options.out.mkdir(parents=True, exist_ok=True)
    table = options.out / "results.csv"
    rows = []
    if options.resume and table.exists():
        with table.open(newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["status"] != "failed"]
    done = {tuple(row[column] for column in COLUMNS[:4]) for row in rows}
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
        for case in cases:
            for row in rows_of(case, references, options, done):
                rows.append({column: str(shown(row.get(column, ""))) for column in COLUMNS})
                writer.writerow(rows[-1])
                file.flush()
                last = rows[-1]
                print(f"{last['family']}/{last['instance']} {last['peer']}: {last['status']} {last['cost']} "
                      f"gap {last['gap_percent']} wall {last['wall_s']} {last['note']}", flush=True)
    (options.out / "summary.md").write_text(summary(rows))
    print(summary(rows))


if __name__ == "__main__":
    main()
