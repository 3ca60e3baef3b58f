"""Runs one peer on one instance: an adapter from `instances.Instance` to the peer's own interface and back.

As a program: peers.py PEER FAMILY CONVENTION FILE SECONDS SEED THREADS OUT.sol. It prints one line of JSON:
`claimed` (the peer's own cost, natural units), `seconds` (from opening the file to the answer), `note`. The
time limit covers reading and building the model; the start of Python and its imports is not counted.
"""

import json
import math
import sys
import time
from datetime import datetime, timedelta, timezone

import numpy as np

import instances

# By peer: the families its adapter can express, and the threads of one run (0: as many as it is given).
PEERS = {
    "pyvrp": ({"x", "belgium", "solomon", "gh", "lilim", "mdvrptw", "sdvrptw", "hfvrp", "vrpb", "pcvrptw",
               "mtvrptwr", "gvrp"}, 1),
    "hygese": ({"x", "belgium"}, 1),
    "vroom": ({"x", "solomon", "gh", "lilim"}, 0),
    "ortools": ({"x", "solomon", "gh", "lilim"}, 1),
    "vrp-cli": ({"x", "solomon", "gh", "lilim"}, 0),
}


class Clock:
    """The time that is left of a limit in seconds."""

    def __init__(self, seconds):
        self.start, self.seconds = time.perf_counter(), seconds

    def spent(self):
        return time.perf_counter() - self.start

    def left(self):
        return max(self.seconds - self.spent(), 0.05)

    def __call__(self, _best_cost):
        """PyVRP's stopping criterion."""
        return self.spent() >= self.seconds


def pyvrp(instance, path, clock, seed, _threads):
    """PyVRP: its own reader where it has one and memory suffices, else its data classes."""
    import pyvrp as peer

    if path.suffix == ".vrp" and len(instance) <= instances.LARGE:
        data = peer.read(path, round_func=instance.convention)
        if any(vehicle.allowed is not None for vehicle in instance.vehicles):
            data = _pyvrp_lowered(data)
    else:
        data = _pyvrp_data(peer, instance)
    result = peer.solve(data, stop=clock, seed=seed, collect_stats=False, display=False)
    claimed = result.cost() / instance.divisor()
    free = [[int(word) for word in kind.name.split(",")] if kind.name else None for kind in data.vehicle_types()]
    routes = []
    for route in result.best.routes():
        visits = [_pyvrp_place(data, activity) for activity in route][1:-1]
        names = free[route.vehicle_type()]
        number = len(routes) if names is None or instance.is_uniform() else names.pop(0)
        routes.append((number + 1, visits))
    note = "" if result.best.is_feasible() else "no feasible solution"
    return routes, claimed, f"{note} {result.num_iterations} iterations".strip()


def _pyvrp_lowered(data):
    """Forbidden ways cost 1e9: with the reader's 2**44 and windows, PyVRP 0.14.1 does not come back."""
    profiles = range(data.num_profiles)
    return data.replace(
        distance_matrices=[data.distance_matrix(profile).clip(max=10**9) for profile in profiles],
        duration_matrices=[data.duration_matrix(profile).clip(max=10**9) for profile in profiles],
    )


def _pyvrp_place(data, activity):
    if activity.is_depot():
        return data.depot(activity.idx).location
    if activity.is_client():
        return data.client(activity.idx).location
    shipment = data.shipment(activity.idx)
    return (shipment.pickup if activity.is_pickup() else shipment.delivery).location


def _pyvrp_data(peer, instance):
    distances = instance.matrix()
    latest = np.iinfo(np.int64).max
    windows = [(opens, latest if closes == instances.FOREVER else closes) for opens, closes in instance.window]
    service = instance.service
    clients = [] if instance.pairs else [
        peer.Client(location=place, delivery=[instance.delivery[place]], service_duration=service[place],
                    tw_early=windows[place][0], tw_late=windows[place][1])
        for place in range(1, len(instance))
    ]
    shipments = [
        peer.Shipment(start, end, *windows[start], service[start], *windows[end], service[end], [amount])
        for start, end, amount in instance.pairs
    ]
    fleet = peer.VehicleType(len(instance.vehicles), [instance.vehicles[0].capacity],
                             tw_early=windows[0][0], tw_late=windows[0][1])
    return peer.ProblemData(
        locations=[peer.Location(x=int(instance.scaled(x)), y=int(instance.scaled(y))) for x, y in instance.coords],
        clients=clients, depots=[peer.Depot(location=0)], vehicle_types=[fleet],
        distance_matrices=[distances], duration_matrices=[distances], groups=[], shipments=shipments,
    )


def hygese(instance, _path, clock, seed, _threads):
    """HGS-CVRP through its Python wrapper, with coordinates and its own rounding."""
    import hygese as peer

    data = {
        "x_coordinates": instance.coords[:, 0], "y_coordinates": instance.coords[:, 1],
        "demands": instance.delivery, "vehicle_capacity": instance.vehicles[0].capacity, "depot": 0,
    }
    settings = peer.AlgorithmParameters(timeLimit=clock.left(), seed=seed)
    result = peer.Solver(settings, verbose=False).solve_cvrp(data, rounding=True)
    return _numbered(result.routes), result.cost, ""


def vroom(instance, _path, clock, _seed, threads):
    """VROOM through pyvroom at its highest exploration level; it stops early when it has finished."""
    import vroom as peer

    model = peer.Input()
    model.set_durations_matrix("car", instance.matrix())
    horizon = instance.window[0] if _has_windows(instance) else None
    capacity = [instance.vehicles[0].capacity]
    for number in range(_fleet_size(instance)):
        model.add_vehicle(peer.Vehicle(number + 1, start=0, end=0, capacity=capacity, time_window=horizon))

    def windows(place):
        return [peer.TimeWindow(*instance.window[place])] if _has_windows(instance) else []

    if not instance.pairs:
        model.add_job([
            peer.Job(place, place, default_service=instance.service[place], delivery=[instance.delivery[place]],
                     time_windows=windows(place))
            for place in range(1, len(instance))
        ])
    for start, end, amount in instance.pairs:
        steps = [peer.ShipmentStep(place, place, default_service=instance.service[place],
                                   time_windows=windows(place)) for place in (start, end)]
        model.add_shipment(*steps, amount=peer.Amount([amount]))
    result = model.solve(5, nb_threads=threads, timeout=timedelta(seconds=clock.left()))
    frame = result.routes
    routes = []
    for _, steps in frame.groupby("vehicle_id"):
        kinds, places = steps["type"].astype(str), steps["location_index"]
        routes.append([int(place) for kind, place in zip(kinds, places) if kind not in ("start", "end")])
    return _numbered(routes), result.summary.cost / instance.divisor(), f"{result.summary.unassigned} unassigned"


def ortools(instance, _path, clock, seed, _threads):
    """OR-Tools' routing library with guided local search. It has no seed: odd and even seeds begin differently."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    manager = pywrapcp.RoutingIndexManager(len(instance), _fleet_size(instance), 0)
    model = pywrapcp.RoutingModel(manager)
    distances = instance.matrix()
    travel = model.RegisterTransitMatrix(distances.tolist())
    model.SetArcCostEvaluatorOfAllVehicles(travel)
    amounts = list(instance.delivery)
    for start, end, amount in instance.pairs:
        amounts[start], amounts[end] = amount, -amount
    load = model.RegisterUnaryTransitVector(amounts)
    model.AddDimension(load, 0, instance.vehicles[0].capacity, True, "load")
    if _has_windows(instance):
        _ortools_times(instance, manager, model, distances)
    if instance.pairs:
        _ortools_pairs(instance, manager, model)
    settings = pywrapcp.DefaultRoutingSearchParameters()
    first = routing_enums_pb2.FirstSolutionStrategy
    settings.first_solution_strategy = (first.PARALLEL_CHEAPEST_INSERTION if seed % 2 else first.PATH_CHEAPEST_ARC)
    settings.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    settings.time_limit.FromTimedelta(timedelta(seconds=clock.left()))
    answer = model.SolveWithParameters(settings)
    if answer is None:
        return [], math.nan, "no solution found"
    routes = []
    for number in range(manager.GetNumberOfVehicles()):
        index, visits = answer.Value(model.NextVar(model.Start(number))), []
        while not model.IsEnd(index):
            visits.append(manager.IndexToNode(index))
            index = answer.Value(model.NextVar(index))
        routes.append(visits)
    return _numbered(routes), answer.ObjectiveValue() / instance.divisor(), ""


def _ortools_times(instance, manager, model, distances):
    """Service is part of the way out of a place."""
    hops = distances.copy()
    for place, service in enumerate(instance.service):
        hops[place, :] += service
    horizon = instance.window[0][1]
    model.AddDimension(model.RegisterTransitMatrix(hops.tolist()), horizon, horizon, False, "time")
    time_of = model.GetDimensionOrDie("time")
    for place in range(1, len(instance)):
        opens, closes = instance.window[place]
        time_of.CumulVar(manager.NodeToIndex(place)).SetRange(opens, min(closes, horizon))
    for number in range(manager.GetNumberOfVehicles()):
        for index in (model.Start(number), model.End(number)):
            time_of.CumulVar(index).SetRange(*instance.window[0])


def _ortools_pairs(instance, manager, model):
    solver, time_of = model.solver(), model.GetDimensionOrDie("time")
    for start, end, _ in instance.pairs:
        start, end = manager.NodeToIndex(start), manager.NodeToIndex(end)
        model.AddPickupAndDelivery(start, end)
        solver.Add(model.VehicleVar(start) == model.VehicleVar(end))
        solver.Add(time_of.CumulVar(start) <= time_of.CumulVar(end))


def vrp_cli(instance, _path, clock, _seed, threads):
    """The solver of vrp-cli on its own JSON format with integer matrices; its seed cannot be set."""
    import vrp_cli as peer

    distances = instance.matrix().ravel().tolist()
    matrix = {"profile": "car", "travelTimes": distances, "distances": distances}
    settings = {
        "termination": {"maxTime": max(1, round(clock.left()))},
        "environment": {"parallelism": {"numThreadPools": 1, "threadsPerPool": threads},
                        "logging": {"enabled": False}, "isExperimental": False},
        "telemetry": {"progress": {"enabled": False}},
    }
    problem = {"plan": {"jobs": _pragmatic_jobs(instance)}, "fleet": _pragmatic_fleet(instance),
               "objectives": [[{"type": "minimize-unassigned"}], [{"type": "minimize-cost"}]]}
    answer = json.loads(peer.solve_pragmatic(json.dumps(problem), [json.dumps(matrix)], json.dumps(settings)))
    routes = []
    for tour in answer["tours"]:
        activities = [activity for stop in tour["stops"] for activity in stop["activities"]]
        routes.append([_pragmatic_place(activity) for activity in activities
                       if activity["type"] not in ("departure", "arrival")])
    unassigned = len(answer.get("unassigned") or [])
    return _numbered(routes), answer["statistic"]["cost"] / instance.divisor(), f"{unassigned} unassigned"


def _moment(seconds):
    return (datetime(2000, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _pragmatic_place(activity):
    return int(activity["jobTag"]) if "jobTag" in activity else int(activity["jobId"])


def _pragmatic_jobs(instance):
    def task(place, amount):
        stop = {"location": {"index": place}, "duration": instance.service[place], "tag": str(place)}
        if _has_windows(instance):
            stop["times"] = [[_moment(moment) for moment in instance.window[place]]]
        return {"places": [stop], "demand": [amount]}

    if instance.pairs:
        return [{"id": str(start), "pickups": [task(start, amount)], "deliveries": [task(end, amount)]}
                for start, end, amount in instance.pairs]
    return [{"id": str(place), "deliveries": [task(place, instance.delivery[place])]}
            for place in range(1, len(instance))]


def _pragmatic_fleet(instance):
    opens, closes = instance.window[0] if _has_windows(instance) else (0, 10**8)
    depot = {"index": 0}
    kind = {
        "typeId": "van", "vehicleIds": [f"van_{number}" for number in range(_fleet_size(instance))],
        "profile": {"matrix": "car"}, "costs": {"fixed": 0, "distance": 1, "time": 0},
        "shifts": [{"start": {"earliest": _moment(opens), "location": depot},
                    "end": {"latest": _moment(closes), "location": depot}}],
        "capacity": [instance.vehicles[0].capacity],
    }
    return {"vehicles": [kind], "profiles": [{"name": "car"}]}


def _has_windows(instance):
    return instance.window[0][1] < instances.FOREVER


def _fleet_size(instance):
    """The vehicles of the file; where it does not limit them, a tenth and three more than the load needs."""
    if instance.fleet_is_limited:
        return len(instance.vehicles)
    return math.ceil(1.1 * sum(instance.delivery) / instance.vehicles[0].capacity) + 3


def _numbered(routes):
    return [(number, [int(place) for place in visits]) for number, visits in
            enumerate((visits for visits in routes if visits), start=1)]


ADAPTERS = {"pyvrp": pyvrp, "hygese": hygese, "vroom": vroom, "ortools": ortools, "vrp-cli": vrp_cli}
MODULES = {"vrp-cli": "vrp_cli", "ortools": "ortools.constraint_solver.pywrapcp"}


def main():
    import importlib
    import pathlib

    peer, family, convention, path, seconds, seed, threads, out = sys.argv[1:]
    importlib.import_module(MODULES.get(peer, peer))
    clock = Clock(float(seconds))
    instance = instances.read(path, family, convention)
    routes, claimed, note = ADAPTERS[peer](instance, pathlib.Path(path), clock, int(seed), int(threads))
    spent = clock.spent()
    instances.write_solution(out, routes, claimed)
    claimed = claimed if math.isfinite(claimed) else None
    print(json.dumps({"claimed": claimed, "seconds": round(spent, 3), "note": note}), flush=True)


if __name__ == "__main__":
    main()
