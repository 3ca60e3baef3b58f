//! What every benchmark file comes to: locations, clients, fleet, in the file's own units.

use crate::format::benchmark::Rounding;
use crate::format::benchmark::lines::index;

/// A location.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Site {
    /// What solutions call it.
    pub(super) number: u32,
    /// Its coordinates.
    pub(super) point: [f64; 2],
    /// The line it stands on.
    pub(super) line: usize,
}

/// Where distances come from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Distances {
    /// Straight, from the coordinates.
    Plane,
    /// Row-major `[from][to]`, one row per site.
    Table(Vec<f64>),
}

/// A location that is to be visited.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Client {
    /// Its site.
    pub(super) site: usize,
    /// How much it gets from the station, or from another client.
    pub(super) deliver: i64,
    /// How much it gives.
    pub(super) collect: i64,
    pub(super) window: Option<(f64, f64)>,
    pub(super) service: f64,
    pub(super) release: Option<f64>,
    pub(super) prize: Option<i64>,
    /// The group of clients of which one is visited.
    pub(super) group: Option<u32>,
    /// The client that gets what this one gives, as an index into the clients.
    pub(super) delivery: Option<usize>,
    /// True for a client that another one names as its delivery.
    pub(super) is_delivery: bool,
}

/// Vehicles that differ in number only.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct VehicleKind {
    /// Their numbers in the file, from 1.
    pub(super) numbers: Vec<u32>,
    /// How much they carry; nothing: any amount.
    pub(super) capacity: Option<i64>,
    /// Where they start from and return to, as an index into the depots.
    pub(super) depot: usize,
    /// Cost of using one and cost per unit of distance, in parts of [`Statement::cost_parts`].
    pub(super) fixed: i64,
    pub(super) per_distance: i64,
    pub(super) max_duration: Option<f64>,
    pub(super) max_distance: Option<f64>,
    /// When it may be out.
    pub(super) shift: Option<(f64, f64)>,
    pub(super) trips: u32,
    /// The sites it may visit, sorted; nothing: all.
    pub(super) allowed: Option<Vec<usize>>,
}

impl VehicleKind {
    /// Vehicles of the first depot that carry `capacity` and cost what they drive.
    pub(super) fn new(count: usize, capacity: i64) -> Self {
        Self {
            numbers: (1..).take(count).collect(),
            capacity: Some(capacity),
            depot: 0,
            fixed: 0,
            per_distance: 1,
            max_duration: None,
            max_distance: None,
            shift: None,
            trips: 1,
            allowed: None,
        }
    }

    /// True when the other differs in its numbers only.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let Self { numbers: _, capacity, depot, fixed, per_distance, .. } = self;
        let Self { max_duration, max_distance, shift, trips, allowed, .. } = self;
        (capacity, depot, fixed, per_distance)
            == (&other.capacity, &other.depot, &other.fixed, &other.per_distance)
            && (max_duration, max_distance, shift, trips)
                == (&other.max_duration, &other.max_distance, &other.shift, &other.trips)
            && *allowed == other.allowed
    }
}

/// What a file states.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Statement {
    pub(super) sites: Vec<Site>,
    pub(super) distances: Distances,
    /// Sites vehicles start from.
    pub(super) depots: Vec<usize>,
    pub(super) clients: Vec<Client>,
    pub(super) fleet: Vec<VehicleKind>,
    /// True when deliveries of a route come before its collections, and at least one does.
    pub(super) is_deliver_first: bool,
    /// How many parts of the file's costs make one unit of the published ones.
    pub(super) cost_parts: i64,
    /// The rounding this kind of file is compared by.
    pub(super) rounding: Rounding,
}

impl Statement {
    /// A statement of clients on a plane around the first site.
    pub(super) fn new(sites: Vec<Site>, rounding: Rounding) -> Self {
        Self {
            sites,
            distances: Distances::Plane,
            depots: vec![0],
            clients: Vec::new(),
            fleet: Vec::new(),
            is_deliver_first: false,
            cost_parts: 1,
            rounding,
        }
    }

    /// The distance of two sites, in the file's unit.
    pub(super) fn distance(&self, from: usize, to: usize) -> f64 {
        match &self.distances {
            Distances::Plane => crate::road::straight(self.sites[from].point, self.sites[to].point),
            Distances::Table(cells) => cells[from * self.sites.len() + to],
        }
    }

    /// No two sites are farther apart than this.
    pub(super) fn longest(&self) -> f64 {
        let corner = |start: f64, pick: fn(f64, f64) -> f64| {
            let points = self.sites.iter().map(|site| site.point);
            points.fold([start; 2], |a, b| [pick(a[0], b[0]), pick(a[1], b[1])])
        };
        match &self.distances {
            Distances::Table(cells) => cells.iter().copied().fold(0.0, f64::max),
            Distances::Plane => {
                let (low, high) =
                    (corner(f64::INFINITY, f64::min), corner(-f64::INFINITY, f64::max));
                crate::road::straight(low, high)
            }
        }
    }

    /// True when something depends on the clock.
    pub(super) fn is_timed(&self) -> bool {
        self.clients.iter().any(|client| client.window.is_some() || client.release.is_some())
            || self.fleet.iter().any(|kind| kind.shift.is_some())
    }

    /// How many vehicles of a capacity the loads fill, whatever the routes.
    pub(super) fn bins(&self, capacity: Option<i64>) -> usize {
        let Some(capacity) = capacity.filter(|&capacity| capacity > 0) else { return 1 };
        let sum = |load: fn(&Client) -> i64| -> i64 {
            // One client of a group is visited: the largest load of each is too much by a little.
            self.clients.iter().map(load).fold(0, i64::saturating_add)
        };
        let most = sum(|client| client.deliver).max(sum(|client| client.collect));
        index(most / capacity + i64::from(most % capacity != 0)).max(1)
    }

    /// How many vehicles to offer where the file sets no limit: plenty for loads alone, one for each
    /// client when something else may ask for more.
    pub(super) fn plenty(&self, capacity: Option<i64>) -> usize {
        let clients = self.clients.len();
        if self.is_timed() || self.clients.iter().any(|client| client.delivery.is_some()) {
            return clients;
        }
        let bins = self.bins(capacity);
        (bins + bins * 3 / 10 + 10).min(clients)
    }
}
