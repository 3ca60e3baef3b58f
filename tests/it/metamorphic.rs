//! What must hold between the plans of two days that differ in a known way (metamorphic relations):
//! exactly for the same search, and in the warm form, from the first plan, where the search may go
//! another way.

use std::sync::Arc;

use lastmile::optimizer::{self, Offer, StopRule};
use lastmile::place::Point;
use lastmile::plan::{Plan, ReasonCode, Route, audit};
use lastmile::problem::{
    Builder, Call, Order, Problem, Quantity, StartRoute, StartStop, Station, Tier, Travel, Vehicle,
    VisitId,
};
use lastmile::rng::Rng;
use lastmile::road::TravelMatrix;
use lastmile::units::{Grams, Leg, Metres, Money, Seconds, Time, Window};
use proptest::prelude::*;

/// An order before it is built, on a grid of hundreds of metres.
#[derive(Clone, Debug)]
struct Parcel {
    id: String,
    at: [i64; 2],
    /// Minutes of the day.
    window: Option<(i64, i64)>,
    mass: i64,
    tier: Tier,
    prize: Option<f64>,
    is_collected: bool,
}

#[derive(Clone, Debug)]
struct Van {
    id: String,
    close: i64,
    mass: i64,
    trips: u32,
    delivers_first: bool,
}

/// A day that can be changed.
#[derive(Clone, Debug)]
struct Day {
    parcels: Vec<Parcel>,
    vans: Vec<Van>,
    /// True when drivers must rest.
    rests: bool,
    /// Every time of the day is later by so many minutes.
    later: i64,
    /// Masses and capacities are so many times larger.
    heavier: i64,
    /// Every price is so many times higher.
    dearer: f64,
    start: Vec<StartRoute>,
}

/// Where the station stands on the grid.
const HUB: [i64; 2] = [0, 0];

impl Day {
    fn drawn(orders: usize, vans: usize, seed: u64) -> Self {
        let mut rng = Rng::new(seed, 95);
        let parcel = |i: usize| {
            let open = rng.between(480, 1000) as i64;
            let window = (open, open + rng.between(40, 300) as i64);
            let is_optional = rng.chance(1, 8);
            Parcel {
                id: format!("o{i:03}"),
                at: [rng.between(0, 600) as i64 - 300, rng.between(0, 600) as i64 - 300],
                window: rng.chance(1, 2).then_some(window),
                mass: rng.between(1, 30) as i64,
                tier: Tier::ALL[rng.below(Tier::COUNT)],
                prize: is_optional.then(|| rng.between(1, 60) as f64),
                is_collected: rng.chance(1, 4),
            }
        };
        let parcels = (0..orders).map(parcel).collect();
        let mut rng = Rng::new(seed, 94);
        let van = |i: usize| Van {
            id: format!("v{i}"),
            close: 480 + rng.between(240, 600) as i64,
            mass: rng.between(60, 200) as i64,
            trips: rng.between(1, 2) as u32,
            delivers_first: false,
        };
        let vans = (0..vans).map(van).collect();
        Self { parcels, vans, rests: true, later: 0, heavier: 1, dearer: 1.0, start: Vec::new() }
    }

    /// The same with drivers who need no rest: a wait that counts as one may be gone on an easier day, and
    /// then the same way takes longer.
    fn without_rests(self) -> Self {
        Self { rests: false, ..self }
    }

    fn minute(&self, minute: i64) -> Time {
        Time(60 * (minute + self.later))
    }

    fn van(&self, van: &Van) -> Vehicle {
        let shift = Window::new(self.minute(480), self.minute(van.close)).unwrap();
        let room = Quantity::UNLIMITED.mass(Grams(1000 * van.mass * self.heavier));
        let minivan = Vehicle::minivan(&van.id);
        let rule = minivan.driving_rule().filter(|_| self.rests);
        let minivan = minivan.driving(rule).shift(shift).capacity(room).trips(van.trips);
        minivan.deliver_first(van.delivers_first).costs(
            10.0 * self.dearer,
            30.0 * self.dearer,
            1.0 * self.dearer,
        )
    }

    fn parcel(&self, parcel: &Parcel) -> Order {
        let mut call = Call::at(point(parcel.at)).service(Seconds::minutes(4));
        if let Some((open, close)) = parcel.window {
            call = call.window(Window::new(self.minute(open), self.minute(close)).unwrap());
        }
        let id = &parcel.id;
        let order =
            if parcel.is_collected { Order::collect(id, call) } else { Order::deliver(id, call) };
        let mass = Grams(1000 * parcel.mass * self.heavier);
        let order = order.quantity(Quantity::pieces(1).mass(mass)).tier(parcel.tier);
        match parcel.prize {
            Some(prize) => order.optional(Money::units(prize * self.dearer)),
            None => order,
        }
    }

    /// True when each trip of a van that delivers first has something to deliver.
    fn has_deliveries(&self, routes: &Told) -> bool {
        let is_delivered = |id: &String| {
            let parcel = self.parcels.iter().find(|parcel| parcel.id == *id);
            parcel.is_some_and(|parcel| !parcel.is_collected)
        };
        let delivers_first =
            |id: &String| self.vans.iter().any(|van| van.id == *id && van.delivers_first);
        let mut trips = routes.iter().filter(|(van, _)| delivers_first(van)).flat_map(|(_, t)| t);
        trips.all(|trip| trip.iter().any(is_delivered))
    }

    /// The day, its rows in the order that `shuffle` draws.
    fn rows(&self, shuffle: u64) -> Builder {
        let mut rng = Rng::new(shuffle, 93);
        let (mut vans, mut parcels) = (self.vans.clone(), self.parcels.clone());
        if shuffle > 0 {
            rng.shuffle(&mut vans);
            rng.shuffle(&mut parcels);
        }
        let hub = Station::at("hub", point(HUB));
        let station = vans.iter().fold(hub, |hub, van| hub.vehicle(self.van(van)));
        let orders = parcels.iter().map(|parcel| self.parcel(parcel));
        Problem::builder(station).orders(orders.collect::<Vec<_>>()).start(self.start.clone())
    }

    fn build(&self) -> Arc<Problem> {
        on_grid(self.rows(0))
    }
}

/// The grid as degrees: exact to go and come back.
fn point([x, y]: [i64; 2]) -> Point {
    Point::wgs84(10.0 + y as f64 / 1024.0, 10.0 + x as f64 / 1024.0)
}

/// Travel along a straight line on the grid, the same in every direction.
fn on_grid(day: Builder) -> Arc<Problem> {
    let travel = |_: &str, points: &[Point]| {
        let grid = |p: Point| [(p.lon * 1024.0).round() as i64, (p.lat * 1024.0).round() as i64];
        let matrix = TravelMatrix::from_fn(points.len(), |from, to| {
            let (a, b) = (grid(points[from]), grid(points[to]));
            let square = (a[0] - b[0]).pow(2) + (a[1] - b[1]).pow(2);
            let metres = ((100.0 * (square as f64).sqrt()).ceil()) as i64;
            Ok(Leg {
                seconds: Seconds(metres.div_euclid(12) + i64::from(metres > 0)),
                metres: Metres(metres),
            })
        });
        Ok(Travel { matrix, access: vec![Ok(Metres(0)); points.len()] })
    };
    day.build_with(travel).unwrap()
}

const STEPS: u64 = 300;

fn solve(day: &Arc<Problem>) -> Plan {
    let plan = optimizer::solve(day, &StopRule::steps(STEPS).seed(3).threads(2));
    assert!(audit(&plan).is_empty(), "{:?}", audit(&plan));
    plan
}

/// The stops of each vehicle in use, by the ids of vehicle and orders, trip by trip.
fn told(plan: &Plan) -> Told {
    let day = plan.problem();
    let id = |visit: &VisitId| day.order(day.visit(*visit).order).id().to_owned();
    let route = |route: &Route| {
        let trips = route.trips.iter().map(|trip| trip.visits.iter().map(id).collect());
        (day.vehicle(route.vehicle).id().to_owned(), trips.collect())
    };
    plan.routes().iter().map(route).collect()
}

/// Absent orders by tier from the highest, then cost: less is better.
fn worth(plan: &Plan) -> ([usize; Tier::COUNT], i64) {
    let mut absent = [0; Tier::COUNT];
    for one in plan.unserved() {
        let order = plan.problem().order(one.order);
        if order.prize().is_none() {
            let tier = Tier::ALL.iter().position(|&tier| tier == order.tier_value());
            absent[tier.unwrap()] += 1;
        }
    }
    (absent, plan.cost().0)
}

/// The plan of a changed day, begun from the plan before.
fn warm(day: &Day, before: &Plan) -> Plan {
    solve(&Day { start: before.as_start(), ..day.clone() }.build())
}

/// Routes by the ids of vehicle and orders, trip by trip.
type Told = Vec<(String, Vec<Vec<String>>)>;

/// The routes of a plan without one order.
fn told_without(plan: &Plan, order: &str) -> Told {
    let mut routes = told(plan);
    for trip in routes.iter_mut().flat_map(|(_, trips)| trips) {
        trip.retain(|id| id != order);
    }
    for (_, trips) in &mut routes {
        trips.retain(|trip| !trip.is_empty());
    }
    routes
}

fn as_start((van, trips): &(String, Vec<Vec<String>>)) -> StartRoute {
    let trips = trips.iter().map(|trip| trip.iter().map(StartStop::new).collect());
    trips.fold(StartRoute::new(van), StartRoute::trip)
}

/// What one more order adds to each vehicle's day, at each place of its trips and in a trip of its own,
/// limits not looked at.
fn added_somewhere(day: &Arc<Problem>, routes: &Told, order: &str) -> Vec<Offer> {
    let visit = |id: &String| {
        let order = day.order_ids().find(|&order| day.order(order).id() == id).unwrap();
        let mut ways = day.realisations_of(order);
        day.realisation(ways.next().unwrap()).first
    };
    let new = visit(&order.to_owned());
    let mut offers = Vec::new();
    for vehicle in day.vehicle_ids() {
        let begun = routes.iter().find(|(van, _)| van == day.vehicle(vehicle).id());
        let trips = begun.map_or(&[][..], |(_, trips)| trips).iter();
        let trips: Vec<Vec<VisitId>> = trips.map(|trip| trip.iter().map(visit).collect()).collect();
        let before = Route::new(day, vehicle, trips.clone());
        let mut add = |trips: Vec<Vec<VisitId>>| {
            let with = Route::new(day, vehicle, trips);
            offers.push(Offer {
                vehicle,
                cost: Money(with.cost.0 - before.cost.0),
                time: Seconds(with.timetable.duration().0 - before.timetable.duration().0),
                length: Metres(with.timetable.length().0 - before.timetable.length().0),
            });
        };
        for (at, trip) in trips.iter().enumerate() {
            for place in 0..=trip.len() {
                let mut more = trips.clone();
                more[at].insert(place, new);
                add(more);
            }
        }
        for at in 0..=trips.len() {
            let mut more = trips.clone();
            more.insert(at, vec![new]);
            add(more);
        }
    }
    offers
}

fn days() -> impl Strategy<Value = Day> {
    (1usize..30, 1usize..4, 0u64..1_000_000)
        .prop_map(|(orders, vans, seed)| Day::drawn(orders, vans, seed))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_order_of_rows_changes_nothing(day in days(), shuffle in 1u64..1000) {
        let (one, two) = (solve(&day.build()), solve(&on_grid(day.rows(shuffle))));
        prop_assert_eq!(told(&one), told(&two));
        prop_assert_eq!(one.cost(), two.cost());
        prop_assert_eq!(one.unserved(), two.unserved());
    }

    #[test]
    fn other_names_in_the_same_order_give_the_same_plan(day in days()) {
        let mut renamed = day.clone();
        renamed.parcels.iter_mut().for_each(|parcel| parcel.id = format!("p-{}", parcel.id));
        renamed.vans.iter_mut().for_each(|van| van.id = format!("lorry {}", van.id));
        let (one, two) = (solve(&day.build()), solve(&renamed.build()));
        prop_assert_eq!(one.routes(), two.routes());
        prop_assert_eq!(one.cost(), two.cost());
    }

    #[test]
    fn a_day_mirrored_or_turned_costs_the_same(day in days(), turn in 0usize..3) {
        let turned = |[x, y]: [i64; 2]| match turn {
            0 => [-x, y],
            1 => [y, x],
            _ => [-y, x],
        };
        let mut other = day.clone();
        other.parcels.iter_mut().for_each(|parcel| parcel.at = turned(parcel.at));
        prop_assert_eq!(worth(&solve(&day.build())), worth(&solve(&other.build())));
    }

    #[test]
    fn a_day_later_is_planned_alike(day in days(), later in 1i64..300) {
        let other = Day { later, ..day.clone() };
        let (one, two) = (solve(&day.build()), solve(&other.build()));
        prop_assert_eq!(told(&one), told(&two));
        prop_assert_eq!(one.cost(), two.cost());
        for (a, b) in one.routes().iter().zip(two.routes()) {
            for (early, late) in a.trips.iter().zip(&b.trips) {
                prop_assert_eq!(early.depart.0 + 60 * later, late.depart.0);
            }
        }
    }

    #[test]
    fn masses_and_capacities_times_k_give_the_same_plan(day in days(), k in 2i64..5) {
        let other = Day { heavier: k, ..day.clone() };
        let (one, two) = (solve(&day.build()), solve(&other.build()));
        prop_assert_eq!(told(&one), told(&two));
        prop_assert_eq!(one.cost(), two.cost());
    }

    #[test]
    fn prices_times_k_cost_k_times_as_much(day in days(), k in 2i64..5) {
        let plan = solve(&day.build());
        let other = Day { dearer: k as f64, ..day };
        let again = warm(&other, &plan);
        let ([absent, more], [cost, dear]) =
            ([worth(&plan).0, worth(&again).0], [worth(&plan).1, worth(&again).1]);
        // A price is rounded once for each hour and kilometre; what is left of that is small.
        prop_assert!((more, dear) <= (absent, k * cost + cost / 1000), "{cost} x {k} is not {dear}");
    }

    #[test]
    fn one_vehicle_more_is_not_worse(day in days()) {
        let plan = solve(&day.build());
        let mut other = day;
        other.vans.push(Van { id: "w".into(), close: 900, mass: 100, trips: 1, delivers_first: false });
        prop_assert!(worth(&warm(&other, &plan)) <= worth(&plan));
    }

    #[test]
    fn one_order_less_is_not_worse(day in days(), which in 0usize..30) {
        let day = day.without_rests();
        let plan = solve(&day.build());
        let mut other = day;
        let gone = other.parcels.remove(which % other.parcels.len());
        let start = told(&plan).into_iter().map(|(vehicle, trips)| {
            let stops = |trip: Vec<String>| {
                trip.into_iter().filter(|id| *id != gone.id).map(StartStop::new).collect()
            };
            trips.into_iter().map(stops).fold(StartRoute::new(vehicle), StartRoute::trip)
        });
        let start = start.collect();
        let again = solve(&Day { start, ..other }.build());
        let (mut absent, mut cost) = worth(&plan);
        let is_absent = |one: &lastmile::plan::Unserved| plan.problem().order(one.order).id() == gone.id;
        if plan.unserved().iter().any(is_absent) {
            // It counts no more.
            match gone.prize {
                Some(prize) => cost -= Money::units(prize).0,
                None => absent[Tier::ALL.iter().position(|&tier| tier == gone.tier).unwrap()] -= 1,
            }
        }
        prop_assert!(worth(&again) <= (absent, cost));
    }

    #[test]
    fn wider_limits_are_not_worse(day in days(), which in 0usize..30) {
        let day = day.without_rests();
        let plan = solve(&day.build());
        let mut other = day;
        let at = which % other.parcels.len();
        other.parcels[at].window = None;
        other.vans[0].close += 60;
        other.vans[0].mass += 20;
        prop_assert!(worth(&warm(&other, &plan)) <= worth(&plan));
    }

    #[test]
    fn a_window_narrowed_round_the_visit_leaves_the_plan_valid(day in days(), which in 0usize..30) {
        let plan = solve(&day.build());
        let problem = plan.problem();
        let stops = plan.routes().iter().flat_map(|route| &route.timetable.stops);
        let served: Vec<_> = stops.filter(|stop| stop.visit.is_some()).collect();
        prop_assume!(!served.is_empty());
        let stop = served[which % served.len()];
        let id = problem.order(problem.visit(stop.visit.unwrap()).order).id();
        let mut other = day;
        let begun = stop.begin.0 / 60 - other.later;
        let parcel = other.parcels.iter_mut().find(|parcel| parcel.id == id).unwrap();
        parcel.window = match parcel.window {
            Some((open, close)) => Some((open.max(begun - 5), close.min(begun + 5))),
            None => Some((begun - 5, begun + 5)),
        };
        prop_assert!(worth(&warm(&other, &plan)).0 <= worth(&plan).0);
    }

    #[test]
    fn an_order_nobody_can_serve_changes_nothing(day in days()) {
        let plan = solve(&day.build());
        let mut other = day;
        other.parcels.push(Parcel {
            id: "zz".into(),
            at: [10, 10],
            window: None,
            mass: 100_000,
            tier: Tier::ALL[0],
            prize: None,
            is_collected: false,
        });
        let again = warm(&other, &plan);
        let left = again.unserved().iter().find(|one| again.problem().order(one.order).id() == "zz");
        prop_assert_eq!(left.unwrap().reason.code, ReasonCode::CapacityWeight);
        let (mut absent, cost) = worth(&again);
        absent[0] -= 1;
        prop_assert!((absent, cost) <= worth(&plan));
    }

    #[test]
    fn a_quote_is_what_an_order_adds_at_some_place(day in days(), first in 0usize..3) {
        // Some of them with a van that delivers before it collects.
        let mut day = day.without_rests();
        day.vans.iter_mut().skip(first).take(1).for_each(|van| van.delivers_first = true);
        let plan = solve(&day.build());
        let must_be_served = |parcel: &&Parcel| parcel.prize.is_none();
        for parcel in day.parcels.iter().filter(must_be_served).take(4) {
            let routes = told_without(&plan, &parcel.id);
            // A van that delivers first must not keep a trip that only collects.
            if !day.has_deliveries(&routes) {
                continue;
            }
            let start = routes.iter().filter(|(_, trips)| !trips.is_empty()).map(as_start).collect();
            let running = Day { start, ..day.clone() }.build();
            let order = running.order_ids().find(|&id| running.order(id).id() == parcel.id).unwrap();
            let mut offer = None;
            optimizer::with_quotes_on_start(&running, &mut |quote| offer = quote(order));
            let was_served = routes != told(&plan);
            prop_assert!(offer.is_some() || !was_served, "{} fits where it was", parcel.id);
            let places = added_somewhere(&running, &routes, &parcel.id);
            prop_assert!(offer.is_none_or(|offer| places.contains(&offer)), "{:?}", offer);
        }
    }

    #[test]
    fn a_plan_fed_back_is_taken_and_not_made_worse(day in days()) {
        let plan = solve(&day.build());
        let again = warm(&day, &plan);
        prop_assert!(worth(&again) <= worth(&plan));
        // Without a single step it is the same plan.
        let start = Day { start: plan.as_start(), ..day }.build();
        let same = optimizer::solve(&start, &StopRule::steps(0).seed(1).threads(1));
        prop_assert!(worth(&same) <= worth(&plan));
    }
}
