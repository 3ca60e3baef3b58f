//! A given start plan: routes the search begins from, and the part of them that must stay.

/// One stop of a start route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartStop {
    pub(crate) order: String,
    pub(crate) choice: usize,
}

impl StartStop {
    /// A visit to the order with this id by its first option. A shipment is named twice: the first
    /// time for its pickup, the second for its delivery.
    pub fn new(order: impl Into<String>) -> Self {
        Self { order: order.into(), choice: 0 }
    }

    /// Says which of the order's options is used, counted from 0.
    #[must_use]
    pub fn choice(mut self, choice: usize) -> Self {
        self.choice = choice;
        self
    }
}

/// The given route of one vehicle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartRoute {
    pub(crate) vehicle: String,
    pub(crate) trips: Vec<Vec<StartStop>>,
    pub(crate) frozen: usize,
}

impl StartRoute {
    /// A route of the vehicle with this id, without stops yet.
    pub fn new(vehicle: impl Into<String>) -> Self {
        Self { vehicle: vehicle.into(), trips: Vec::new(), frozen: 0 }
    }

    /// Adds a trip.
    #[must_use]
    pub fn trip(mut self, stops: Vec<StartStop>) -> Self {
        self.trips.push(stops);
        self
    }

    /// Says how many stops, from the first on, are done or must stay as they are.
    #[must_use]
    pub fn frozen(mut self, stops: usize) -> Self {
        self.frozen = stops;
        self
    }
}
