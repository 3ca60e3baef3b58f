"""Tests of the reader and the checker on days small enough to do by hand: python test_instances.py."""

import pathlib
import tempfile
import unittest

import instances

LINE = [(0, 0), (3, 4), (6, 8), (0, 10)]  # 5, 10 and 10 from the depot; 5 and 6.32 between neighbours


def day(family="mdvrptw", **fields):
    """The depot and three clients of LINE with demand 1, one vehicle of capacity 3."""
    instance = instances.Instance("day", family, fields.pop("convention", "round"), LINE)
    instance.delivery = [0, 1, 1, 1]
    instance.vehicles = [instances.Vehicle(3)]
    for name, value in fields.items():
        setattr(instance, name, value)
    return instance


def faults(instance, *routes):
    return instances.check(instance, list(enumerate(routes, start=1)))[1]


class Check(unittest.TestCase):
    def test_costs_are_rounded_by_arc(self):
        self.assertEqual(instances.check(day(), [(1, [1, 2, 3])]), (26, []))
        self.assertEqual(instances.check(day(convention="dimacs"), [(1, [1, 2, 3])]), (26.3, []))
        self.assertEqual(instances.check(day(convention="exact"), [(1, [1, 2, 3])]), (26.325, []))

    def test_every_client_is_visited_once(self):
        self.assertEqual(faults(day(), [1, 2]), ["client 3 is not visited"])
        self.assertIn("client 1 is visited 2 times", faults(day(), [1, 2, 1, 3]))
        self.assertEqual(faults(day(), [1, 2, 3, 4]), ["route 1: no location 4"])

    def test_a_client_with_a_prize_may_be_left_out_at_that_price(self):
        self.assertEqual(instances.check(day(prize=[0, 0, 0, 7]), [(1, [1, 2])]), (27, []))

    def test_of_a_group_exactly_one_is_visited(self):
        self.assertEqual(faults(day(groups=[[2, 3]]), [1, 2]), [])
        self.assertEqual(faults(day(groups=[[2, 3]]), [1]), ["group of client 2 is visited 0 times"])
        self.assertEqual(faults(day(groups=[[2, 3]]), [1, 2, 3]), ["group of client 2 is visited 2 times"])

    def test_the_load_is_right_at_every_moment(self):
        self.assertEqual(faults(day(vehicles=[instances.Vehicle(2)]), [1, 2, 3]), ["route 1: load 3 above capacity 2"])
        mixed = day(delivery=[0, 2, 0, 0], pickup=[0, 0, 2, 1])
        self.assertEqual(faults(mixed, [1, 2, 3]), [])
        self.assertEqual(faults(mixed, [2, 1, 3]), ["route 1: load 4 above capacity 3"])

    def test_pairs_keep_their_order_and_their_route(self):
        pair = day(pairs=[(1, 2, 3)], delivery=[0] * 4, vehicles=[instances.Vehicle(3)] * 2)
        self.assertEqual(faults(pair, [1, 3, 2]), [])
        self.assertEqual(len(faults(pair, [2, 1, 3])), 1)
        self.assertEqual(len(faults(pair, [1], [2, 3])), 2)

    def test_backhauls_come_after_a_linehaul(self):
        back = day(delivery=[0, 1, 1, 0], pickup=[0, 0, 0, 1], backhaul_last=True)
        self.assertEqual(faults(back, [1, 2, 3]), [])
        self.assertEqual(faults(back, [1, 3, 2]), ["route 1: a backhaul before a linehaul"])

    def test_late_arrival_is_a_fault_and_early_arrival_waits(self):
        windows = day(window=[(0, 100), (20, 30), (0, 25), (0, 100)])
        self.assertEqual(faults(windows, [1, 2, 3]), [])
        windows.service[1] = 1
        self.assertEqual(faults(windows, [1, 2, 3]), ["route 1: service of 2 begins at 26, after 25"])

    def test_duration_counts_from_the_latest_departure(self):
        waits = day(window=[(0, 100), (20, 30), (0, 100), (0, 100)])
        waits.vehicles[0].max_duration = 26
        self.assertEqual(faults(waits, [1, 2, 3]), [])
        waits.vehicles[0].max_duration = 25
        self.assertEqual(faults(waits, [1, 2, 3]), ["route 1: duration 26 above 25"])

    def test_a_trip_leaves_when_its_goods_are_there(self):
        trips = day(release=[0, 0, 15, 0], window=[(0, 100), (0, 100), (0, 25), (0, 100)])
        self.assertEqual(faults(trips, [1, 0, 2, 3]), ["route 1: 2 trips, allowed is 1"])
        trips.vehicles[0].max_trips = 2
        self.assertEqual(faults(trips, [1, 0, 2, 3]), [])
        self.assertEqual(faults(trips, [1, 2, 3]), [])
        trips.release[2] = 16
        self.assertEqual(faults(trips, [1, 0, 2, 3]), ["route 1: service of 2 begins at 26, after 25"])

    def test_route_k_drives_vehicle_k_where_they_differ(self):
        large, small = instances.Vehicle(3), instances.Vehicle(1)
        small.fixed_cost = 100
        mixed = day(vehicles=[small, large])
        self.assertEqual(instances.check(mixed, [(2, [1, 2, 3])]), (26, []))
        self.assertEqual(instances.check(mixed, [(1, [1, 2, 3])]), (126, ["route 1: load 3 above capacity 1"]))
        large.allowed = {1, 2}
        self.assertEqual(instances.check(mixed, [(2, [1, 2, 3])])[1], ["route 2: a client this vehicle may not visit"])

    def test_a_solution_file_reads_as_it_was_written(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "day.sol"
            instances.write_solution(path, [(1, [1, 2]), (3, [3])], 26)
            self.assertEqual(instances.read_solution(path), [(1, [1, 2]), (3, [3])])


if __name__ == "__main__":
    unittest.main()
