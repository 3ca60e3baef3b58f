//! Stations, and the line-haul trucks that feed and empty them.

use crate::place::Point;
use crate::problem::Vehicle;
use crate::units::{Seconds, Time};

/// A place where couriers start and end: hub, township station, village point.
#[derive(Clone, Debug, PartialEq)]
pub struct Station {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) point: Point,
    pub(crate) vehicles: Vec<Vehicle>,
    pub(crate) trucks: Vec<Truck>,
    pub(crate) origin: String,
}

impl Station {
    /// A station named `id` at `point`.
    pub fn at(id: impl Into<String>, point: Point) -> Self {
        let id = id.into();
        let (name, vehicles, trucks) = (id.clone(), Vec::new(), Vec::new());
        Self { id, name, point, vehicles, trucks, origin: String::new() }
    }

    /// Sets the name shown to people.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Adds a vehicle that starts and ends here.
    #[must_use]
    pub fn vehicle(mut self, vehicle: Vehicle) -> Self {
        let id = self.id.clone();
        self.vehicles.push(vehicle.station(id));
        self
    }

    /// Adds a line-haul truck that calls here.
    #[must_use]
    pub fn truck(mut self, truck: Truck) -> Self {
        self.trucks.push(truck);
        self
    }

    /// The same station, fleet and trucks at another place.
    #[must_use]
    pub fn moved_to(mut self, point: Point) -> Self {
        self.point = point;
        self
    }

    /// Says where the station was read, for error messages.
    #[must_use]
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = origin.into();
        self
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name shown to people.
    pub fn display_name(&self) -> &str {
        &self.name
    }

    /// Where it is.
    pub fn point(&self) -> Point {
        self.point
    }

    /// The vehicles that start and end here.
    pub fn vehicles(&self) -> &[Vehicle] {
        &self.vehicles
    }

    /// The line-haul trucks that call here.
    pub fn trucks(&self) -> &[Truck] {
        &self.trucks
    }
}

/// A line-haul truck that brings goods, takes goods, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truck {
    pub(crate) id: String,
    pub(crate) ready_at: Option<Time>,
    pub(crate) cut_off: Option<Time>,
}

impl Truck {
    /// A truck that neither brings nor takes anything yet.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ready_at: None, cut_off: None }
    }

    /// Brings goods: it arrives at `time`, and they are unloaded and sorted `sorting` later.
    #[must_use]
    pub fn arrives(mut self, time: Time, sorting: Seconds) -> Self {
        self.ready_at = Some(time + sorting);
        self
    }

    /// Takes goods: they must be at the station by `cut_off`.
    #[must_use]
    pub fn leaves(mut self, cut_off: Time) -> Self {
        self.cut_off = Some(cut_off);
        self
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When the goods it brings are ready.
    pub fn ready_at(&self) -> Option<Time> {
        self.ready_at
    }

    /// When the goods it takes must be at the station.
    pub fn cut_off(&self) -> Option<Time> {
        self.cut_off
    }
}
