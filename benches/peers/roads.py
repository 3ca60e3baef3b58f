#!/usr/bin/env python3
"""Tables of travel beside OSRM's contraction hierarchy, in one run, in seconds of the processor.

    benches/peers/roads.py MAP.osm.pbf... [--stops 100,500,1000,3000] [--dir DIR] [--python PYTHON]

DIR (or $LASTMILE_PEERS, or /tmp/lastmile-peers) gets a scratch environment with osrm-bindings from
PyPI and what OSRM makes of each map; it must lie outside the project. OSRM reads the same map with
the car profile it brings. Both answer between the same points; ours stores time and length and
puts the points on the roads apart from the table, OSRM does that within it, so its snapping is
measured apart too (one row of one goal for each point) and shown. Build first:

    cargo build --release --example road_matrix
"""

import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys

PROJECT = pathlib.Path(__file__).resolve().parents[2]
OSRM = "osrm-bindings==26.10.0"


def main():
    options = read_options()
    scratch = options.dir.resolve()
    if scratch.is_relative_to(PROJECT):
        sys.exit(f"{scratch}: inside the project; expected a scratch directory elsewhere")
    scratch.mkdir(parents=True, exist_ok=True)
    if options.osrm_table:
        print(json.dumps(osrm_table(*options.osrm_table)))
        return
    python = environment(scratch, options.python)
    for extract in options.maps:
        compare(extract.resolve(), scratch, python, options)


def read_options():
    default = os.environ.get("LASTMILE_PEERS", "/tmp/lastmile-peers")
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("maps", nargs="*", type=pathlib.Path)
    parser.add_argument("--stops", default="100,500,1000,3000")
    parser.add_argument("--dir", type=pathlib.Path, default=default)
    parser.add_argument("--python", default="python3.12", help="3.12 or newer, for osrm-bindings")
    parser.add_argument(
        "--program", default=PROJECT / "target/release/examples/road_matrix", type=pathlib.Path
    )
    parser.add_argument("--osrm-table", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def environment(scratch, python):
    """The Python with OSRM in it."""
    own = scratch / "venv-osrm/bin/python"
    if not own.exists():
        subprocess.run([python, "-m", "venv", scratch / "venv-osrm"], check=True)
    pip = [own, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", OSRM]
    subprocess.run(pip, check=True)
    return own


def prepared(extract, scratch, python):
    """OSRM's files of a map, made once; CPU seconds it took."""
    # OSRM cuts everything from ".osm" on off a path, folders too.
    folder = scratch / "osrm" / extract.name.split(".")[0]
    done = folder / "prepared.json"
    if done.exists():
        return folder / "map.osrm", json.loads(done.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    kind = extract.name[extract.name.index(".osm") :]
    shutil.copyfile(extract, folder / f"map{kind}")
    where = "import osrm, pathlib; print(pathlib.Path(osrm.__file__).parent)"
    package = pathlib.Path(subprocess.check_output([python, "-c", where], text=True).strip())
    tool, profile = package / "bin", package / "share/profiles/car.lua"
    begun = children()
    with open(folder / "log", "w", encoding="utf-8") as log:
        extract_it = [tool / "osrm-extract", "-t", "1", "-p", profile, folder / f"map{kind}"]
        subprocess.run(extract_it, check=True, stdout=log, stderr=log)
        contract = [tool / "osrm-contract", "-t", "1", folder / "map.osrm"]
        subprocess.run(contract, check=True, stdout=log, stderr=log)
    cost = {"cpu_s": children() - begun}
    done.write_text(json.dumps(cost))
    return folder / "map.osrm", cost


def compare(extract, scratch, python, options):
    """Prints one row for each number of stops."""
    osrm_file, cost = prepared(extract, scratch, python)
    print(f"{extract.name}: OSRM extract and contract {cost['cpu_s']} s of the processor")
    print("| n | lastmile | OSRM time | OSRM time and length | of it snapping | ratio | without snapping | MiB |")
    print("|---|---|---|---|---|---|---|---|")
    for n in map(int, options.stops.split(",")):
        ours, points_file = our_table(extract, scratch, n, options.program)
        own = [pathlib.Path(__file__), "--dir", scratch, "--osrm-table", osrm_file, points_file]
        theirs = json.loads(subprocess.check_output([python, *own], text=True))
        both, snap = theirs["both"], theirs["snap"]
        print(
            f"| {n} | {ours['cpu_s']:.4f} | {theirs['time']:.4f} | {both:.4f} | {snap:.4f} "
            f"| {both / ours['cpu_s']:.1f} | {(both - snap) / ours['cpu_s']:.1f} "
            f"| {ours['peak_mib']:.0f} / {theirs['peak_mib']:.0f} |",
            flush=True,
        )


def our_table(extract, scratch, n, program):
    """CPU seconds and peak memory of our table on one thread, and the file of its points."""
    figures, map_of_stops = scratch / "figures.json", scratch / "stops.geojson"
    command = [program, extract, "--stops", str(n), "--threads", "1"]
    command += ["--repeat", str(max(1, 3000 // n)), "--index", scratch / f"{extract.name}.roads"]
    command += ["--figures", figures, "--geojson", map_of_stops]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    table = next(row for row in json.loads(figures.read_text()) if row["what"] == "table")
    points = []
    for feature in json.loads(map_of_stops.read_text())["features"]:
        place = feature["geometry"]["coordinates"]
        points.append(place[0] if isinstance(place[0], list) else place)
    points_file = scratch / "points.json"
    points_file.write_text(json.dumps(points))
    return table, points_file


def children():
    """CPU seconds of the programs run so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def own_cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def osrm_table(osrm_file, points_file):
    """CPU seconds of OSRM's table of time and length between points; runs inside the environment."""
    import osrm  # noqa: PLC0415 (only the environment has it)

    points = [tuple(point) for point in json.loads(pathlib.Path(points_file).read_text())]
    engine = osrm.OSRM(
        algorithm="CH",
        storage_config=osrm_file,
        use_shared_memory=False,
        max_locations_distance_table=20_000,
    )
    table(osrm, engine, points[:2], ["duration"])
    found = {}
    for name, wanted in (("time", ["duration"]), ("both", ["duration", "distance"])):
        begun = own_cpu()
        table(osrm, engine, points, wanted)
        found[name] = own_cpu() - begun
    begun = own_cpu()
    parameters = osrm.TableParameters(coordinates=points, sources=[0], destinations=[0])
    engine.Table(parameters)
    found["snap"] = own_cpu() - begun
    found["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def table(osrm, engine, points, wanted):
    return engine.Table(osrm.TableParameters(coordinates=points, annotations=wanted))


if __name__ == "__main__":
    main()
