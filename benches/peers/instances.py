"""Reads a benchmark instance plainly and checks a solution of it by walking every route.

Nothing here is shared with the library or with a peer: the reader and the walk are a second opinion on
both. Locations are numbered from 0 with the depots first, as in `.sol` files. Amounts of time and distance
are integers in the scale of the family's convention (see `SCALES`).
"""

import math
import pathlib
import re

import numpy as np

# By convention: the factor from natural units to integers, and how a scaled distance becomes one.
SCALES = {"round": 1, "dimacs": 10, "exact": 1000, "hier": 1000, "double": 1000}
TRUNCATED = {"dimacs"}
# By family: the convention its best-known values are compared by.
CONVENTIONS = {
    "x": "round", "belgium": "round", "vrpb": "round", "gvrp": "round",
    "solomon": "dimacs", "gh": "dimacs", "pcvrptw": "dimacs", "mtvrptwr": "dimacs",
    "lilim": "exact", "mdvrptw": "exact", "sdvrptw": "exact", "hfvrp": "exact",
}
FOREVER = 1 << 60
# With more locations than this, two processes with tables of all distances do not fit into memory.
LARGE = 12_000


class Vehicle:
    """What one vehicle may do. Times and distances are scaled, costs are as in the file."""

    def __init__(self, capacity):
        self.capacity = capacity
        self.depot = 0
        self.allowed = None  # a set of locations; None for all
        self.fixed_cost = 0
        self.unit_cost = 1
        self.max_duration = FOREVER
        self.max_distance = FOREVER
        self.max_trips = 1

    def key(self):
        allowed = None if self.allowed is None else tuple(sorted(self.allowed))
        return (self.capacity, self.depot, allowed, self.fixed_cost, self.unit_cost,
                self.max_duration, self.max_distance, self.max_trips)


class Instance:
    """One benchmark instance. Lists are indexed by location, `vehicles` by vehicle."""

    def __init__(self, name, family, convention, coords, depots=1):
        count = len(coords)
        self.name, self.family, self.convention = name, family, convention
        self.scale = SCALES[convention]
        self.coords = np.asarray(coords, dtype=np.float64)
        self.depots = depots
        self.delivery = [0] * count  # loaded at the depot
        self.pickup = [0] * count  # carried back to the depot
        self.service = [0] * count
        self.window = [(0, FOREVER)] * count
        self.release = [0] * count
        self.prize = [0] * count  # positive: the visit is optional
        self.groups = []  # of each, exactly one member is visited
        self.pairs = []  # (pickup, delivery, amount), by one vehicle in this order
        self.backhaul_last = False
        self.vehicles = []
        self.fleet_is_limited = True

    def __len__(self):
        return len(self.coords)

    def scaled(self, value):
        """A duration or point in time of the file in the convention's integers."""
        return round(value * self.scale)

    def lengths(self, origins, targets):
        """Distances between locations pair by pair, rounded as the convention says."""
        apart = self.coords[origins] - self.coords[targets]
        values = np.sqrt(apart[..., 0] ** 2 + apart[..., 1] ** 2) * self.scale
        rounded = np.floor(values) if self.convention in TRUNCATED else np.rint(values)
        return rounded.astype(np.int64)

    def matrix(self):
        """All distances, row-major `[from][to]`."""
        everyone = np.arange(len(self))
        values = np.empty((len(self), len(self)), dtype=np.int64)
        for first in range(0, len(self), 500):  # by rows, as the intermediate values are several times as large
            values[first : first + 500] = self.lengths(everyone[first : first + 500, None], everyone[None, :])
        return values

    def is_uniform(self):
        """Whether the vehicles are interchangeable, so that a route's number does not matter."""
        return len({vehicle.key() for vehicle in self.vehicles}) == 1

    def divisor(self):
        """From a sum of scaled costs to the units of the best-known values."""
        return self.scale * (100 if self.family == "hfvrp" else 1)


def read(path, family=None, convention=None):
    """Reads a file. The family is the name of its folder unless given; raises ValueError."""
    path = pathlib.Path(path)
    family = family or path.parent.name
    if family not in CONVENTIONS:
        raise ValueError(f"{path}: no reader for family {family!r}, known are {sorted(CONVENTIONS)}")
    convention = convention or CONVENTIONS[family]
    if family in ("solomon", "gh"):
        return _solomon(path, family, convention)
    if family == "lilim":
        return _li_lim(path, convention)
    return _vrplib(path, family, convention)


def _solomon(path, family, convention):
    rows = [line.split() for line in path.read_text().splitlines()]
    numbers = [[float(word) for word in row] for row in rows if row and _is_number(row[0])]
    fleet, table = numbers[0], numbers[1:]
    instance = Instance(path.stem, family, convention, [row[1:3] for row in table])
    for place, row in enumerate(table):
        instance.delivery[place] = int(row[3])
        instance.window[place] = (instance.scaled(row[4]), instance.scaled(row[5]))
        instance.service[place] = instance.scaled(row[6])
    instance.vehicles = [Vehicle(int(fleet[1])) for _ in range(int(fleet[0]))]
    return instance


def _li_lim(path, convention):
    rows = [[float(word) for word in line.split()] for line in path.read_text().splitlines() if line.strip()]
    fleet, table = rows[0], rows[1:]
    instance = Instance(path.stem, "lilim", convention, [row[1:3] for row in table])
    for place, row in enumerate(table):
        instance.window[place] = (instance.scaled(row[4]), instance.scaled(row[5]))
        instance.service[place] = instance.scaled(row[6])
        if row[8] > 0:
            instance.pairs.append((place, int(row[8]), int(row[3])))
    instance.vehicles = [Vehicle(int(fleet[1])) for _ in range(int(fleet[0]))]
    return instance


def _is_number(word):
    return re.fullmatch(r"-?[0-9.]+", word) is not None


def _sections(path):
    """The `KEY : value` lines of a VRPLIB file, and its sections as lists of rows of words."""
    fields, sections, open_section = {}, {}, None
    for line in path.read_text().splitlines():
        line = line.strip()
        if not line or line == "EOF":
            continue
        if line.endswith("_SECTION"):
            open_section = sections.setdefault(line.removesuffix("_SECTION"), [])
        elif ":" in line:
            key, value = line.split(":", 1)
            fields[key.strip()] = value.strip()
        else:
            open_section.append(line.split())
    return fields, sections


def _column(sections, fields, name, count, default):
    """One number per item: a section of that name, one value for all, or the default."""
    if name in sections:
        return [float(row[1]) for row in sections[name]]
    return [float(fields.get(name, default))] * count


def _vrplib(path, family, convention):
    fields, sections = _sections(path)
    coords = [(float(row[1]), float(row[2])) for row in sections["NODE_COORD"]]
    depots = [row[0] for row in sections.get("DEPOT", [["1"]]) if row[0] != "-1"]
    instance = Instance(path.stem, family, convention, coords, len(depots))
    count = len(coords)
    instance.delivery = [int(v) for v in _column(sections, fields, "DEMAND", count, 0)]
    instance.pickup = [int(v) for v in _column(sections, fields, "BACKHAUL", count, 0)]
    instance.backhaul_last = "BACKHAUL" in sections
    instance.service = [instance.scaled(v) for v in _column(sections, fields, "SERVICE_TIME", count, 0)]
    instance.service[: instance.depots] = [0] * instance.depots
    instance.release = [instance.scaled(v) for v in _column(sections, fields, "RELEASE_TIME", count, 0)]
    instance.prize = [instance.scaled(v) for v in _column(sections, fields, "PRIZE", count, 0)]
    for row in sections.get("TIME_WINDOW", []):
        instance.window[int(row[0]) - 1] = tuple(instance.scaled(float(v)) for v in row[1:3])
    for row in sections.get("MUTUALLY_EXCLUSIVE_GROUP", []):
        instance.groups.append([int(word) - 1 for word in row[1:]])
    instance.vehicles = _fleet(instance, fields, sections)
    instance.fleet_is_limited = "VEHICLES" in fields
    return instance


def _fleet(instance, fields, sections):
    count = int(fields.get("VEHICLES", len(instance) - instance.depots))
    fleet = [Vehicle(int(v)) for v in _column(sections, fields, "CAPACITY", count, FOREVER)]
    attributes = [
        ("VEHICLES_DEPOT", 1, "depot", lambda v: int(v) - 1),
        ("VEHICLES_FIXED_COST", 0, "fixed_cost", lambda v: instance.scaled(v)),
        ("VEHICLES_UNIT_DISTANCE_COST", 1, "unit_cost", int),
        ("VEHICLES_MAX_DURATION", FOREVER, "max_duration", lambda v: instance.scaled(v)),
        ("VEHICLES_MAX_DISTANCE", FOREVER, "max_distance", lambda v: instance.scaled(v)),
    ]
    for section, default, attribute, convert in attributes:
        for vehicle, value in zip(fleet, _column(sections, fields, section, count, default)):
            setattr(vehicle, attribute, convert(value))
    for row in sections.get("VEHICLES_ALLOWED_CLIENTS", []):
        fleet[int(row[0]) - 1].allowed = {int(word) - 1 for word in row[1:]}
    if "VEHICLES_RELOAD_DEPOT" in sections:
        for vehicle in fleet:
            vehicle.max_trips = FOREVER
    return fleet


def read_solution(path):
    """`Route #k: ...` lines as a list of (k, visits); k counts from 1."""
    routes = []
    for line in pathlib.Path(path).read_text().splitlines():
        found = re.match(r"\s*Route\s*#\s*(\d+)\s*:(.*)", line, re.IGNORECASE)
        if found and found[2].split():
            routes.append((int(found[1]), [int(word) for word in found[2].split()]))
    return routes


def write_solution(path, routes, cost):
    """Writes routes, a list of (k, visits), as a `.sol` file."""
    lines = [f"Route #{number}: {' '.join(map(str, visits))}" for number, visits in routes]
    pathlib.Path(path).write_text("\n".join([*lines, f"Cost {cost}"]) + "\n")


def check(instance, routes):
    """The cost of a solution in the units of the best-known values, and a list of its faults."""
    faults = _coverage(instance, routes)
    if any("no location" in fault for fault in faults):
        return math.nan, faults
    if instance.is_uniform():
        vehicles = [(number, visits, instance.vehicles[0]) for number, visits in routes]
        if instance.fleet_is_limited and len(routes) > len(instance.vehicles):
            faults.append(f"{len(routes)} routes, only {len(instance.vehicles)} vehicles")
    else:
        vehicles = [(k, visits, instance.vehicles[k - 1]) for k, visits in routes
                    if 1 <= k <= len(instance.vehicles)]
        if len({number for number, _, _ in vehicles}) < len(routes):
            faults.append("a route has no vehicle of its own")
    total = 0
    for number, visits, vehicle in vehicles:
        trips = _trips(instance, visits)
        distance, found = _walk(instance, trips, vehicle)
        total += vehicle.fixed_cost + vehicle.unit_cost * distance
        faults += [f"route {number}: {fault}" for fault in found]
    seen = {place for _, visits in routes for place in visits}
    total += sum(prize for place, prize in enumerate(instance.prize) if place not in seen)
    return total / instance.divisor(), faults


def _coverage(instance, routes):
    """Every location that must be visited is, once; of a group exactly one."""
    times = [0] * len(instance)
    faults = []
    for number, visits in routes:
        for place in visits:
            if not 0 <= place < len(instance):
                faults.append(f"route {number}: no location {place}")
            else:
                times[place] += 1
    grouped = {place for group in instance.groups for place in group}
    for place in range(instance.depots, len(instance)):
        optional = instance.prize[place] > 0 or place in grouped
        if times[place] > 1:
            faults.append(f"client {place} is visited {times[place]} times")
        elif times[place] == 0 and not optional:
            faults.append(f"client {place} is not visited")
    for group in instance.groups:
        if (visits := sum(times[place] for place in group)) != 1:
            faults.append(f"group of client {group[0]} is visited {visits} times")
    return faults


def _trips(instance, visits):
    """A route cut at the depots inside it."""
    trips = [[]]
    for place in visits:
        if place < instance.depots:
            trips.append([])
        else:
            trips[-1].append(place)
    return [trip for trip in trips if trip]


def _walk(instance, trips, vehicle):
    """Distance of one vehicle's route and its faults."""
    faults = []
    if len(trips) > vehicle.max_trips:
        faults.append(f"{len(trips)} trips, allowed is {vehicle.max_trips}")
    stops, ready = [vehicle.depot], [max(instance.release[place] for place in trips[0])]
    for position, trip in enumerate(trips):
        faults += _loads(instance, trip, vehicle.capacity)
        if vehicle.allowed is not None and not vehicle.allowed.issuperset(trip):
            faults.append("a client this vehicle may not visit")
        later = trips[position + 1] if position + 1 < len(trips) else []
        stops += [*trip, vehicle.depot]
        ready += [0] * len(trip) + [max((instance.release[place] for place in later), default=0)]
    hops = instance.lengths(stops[:-1], stops[1:]).tolist()
    if sum(hops) > vehicle.max_distance:
        faults.append("the route is too long")
    return sum(hops), faults + _times(instance, stops, hops, ready, vehicle.max_duration)


def _loads(instance, trip, capacity):
    """Load at every moment of a trip, order of backhauls, order of pairs."""
    faults = []
    load = sum(instance.delivery[place] for place in trip)
    peak = load
    position = {place: index for index, place in enumerate(trip)}
    change = [instance.pickup[place] - instance.delivery[place] for place in trip]
    for start, end, amount in instance.pairs:
        if start in position or end in position:
            if not position.get(start, len(trip)) < position.get(end, -1):
                faults.append(f"pair {start}, {end} is not served in order on one route")
                continue
            change[position[start]] += amount
            change[position[end]] -= amount
    for step in change:
        load += step
        peak = max(peak, load)
    if peak > capacity:
        faults.append(f"load {peak} above capacity {capacity}")
    if instance.backhaul_last:
        kinds = [instance.pickup[place] > 0 for place in trip]
        if kinds != sorted(kinds) or kinds[0]:
            faults.append("a backhaul before a linehaul")
    return faults


def _times(instance, stops, hops, ready, max_duration):
    """Windows when leaving as early as possible; then the duration when leaving as late as that end allows."""
    faults = []
    opens = [max(instance.window[stop][0], early) for stop, early in zip(stops, ready)]
    begin = opens[0]
    for index, hop in enumerate(hops, start=1):
        begin = max(begin + instance.service[stops[index - 1]] + hop, opens[index])
        # A depot's window is about being there; goods that are ready late only delay the departure.
        if begin > instance.window[stops[index]][1]:
            faults.append(f"service of {stops[index]} begins at {begin}, after {instance.window[stops[index]][1]}")
    latest = begin
    for index in range(len(hops) - 1, -1, -1):
        latest = min(latest - hops[index] - instance.service[stops[index]], instance.window[stops[index]][1])
    if not faults and begin - latest > max_duration:
        faults.append(f"duration {begin - latest} above {max_duration}")
    return faults
