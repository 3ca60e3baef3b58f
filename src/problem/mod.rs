//! One day, checked: the last place where input can be wrong. Everything below is dense: ids are
//! indices, times are seconds after local midnight, travel is a matrix per road profile.

mod airs;
mod battery;
mod builder;
mod compartment;
mod order;
mod roads;
mod stability;
mod start;
mod station;
mod urgent;
mod vehicle;

pub(crate) use airs::Airs;
pub use battery::{Battery, Charge, Chemistry};
pub use builder::{Builder, Travel};
pub use compartment::{CompartmentGoods, CompartmentUse};
pub use order::{Call, Choice, HandOver, Kind, Order, Position, Tier};
pub use stability::{Excursions, Stability};
pub use start::{StartRoute, StartStop};
pub use station::{Station, Truck};
pub use urgent::Urgent;
pub use vehicle::{BoxPapers, ColdBox, DrivingRule, Quantity, Vehicle};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cold::{
    AirShift, Doorstep, HoldTerms, Product, ProductClass, Stay, Unfit, Wear, Weather,
};
use crate::place::Point;
use crate::road::{Drain, NoRoad, TravelMatrix};
use crate::units::{Leg, Metres, Money, Seconds, Time, Window};

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident),*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) u32);

        impl $name {
            /// The id of the item at `index` of its list.
            ///
            /// # Panics
            /// When there are more than 2^32 items; the builder refuses such a day.
            pub(crate) fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).expect("the builder bounds every list"))
            }

            /// The index into its list.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )* };
}

index!(
    /// An order of the day; orders are sorted by their text id.
    OrderId,
    /// One visit a courier may pay.
    VisitId,
    /// A vehicle.
    VehicleId,
    /// A station.
    StationId,
    /// A place: a station's, or one where orders are visited.
    PlaceId,
    /// One way of serving one order.
    RealisationId
);

/// How many product classes may travel in cold boxes on one day.
pub const COLD_CLASSES: usize = 4;
/// How many quantities are counted: mass, volume, pieces, and the boxes of each product class.
pub const DIMENSIONS: usize = 3 + COLD_CLASSES;
/// Mass in grams, volume in millilitres, pieces, then millilitres of box for each product class.
pub type Load = [i64; DIMENSIONS];

/// What happens at a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Goods from the station are handed over.
    Deliver,
    /// Goods for the station are taken.
    Collect,
    /// Goods of a shipment are taken.
    ShipPickup,
    /// Goods of a shipment are handed over.
    ShipDelivery,
    /// Work is done.
    Serve,
}

impl Role {
    /// True when the goods were loaded at the station.
    pub fn is_from_station(self) -> bool {
        matches!(self, Self::Deliver | Self::Serve)
    }
}

/// What goods are for the segregation of medicine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cargo {
    /// Medicine: goods of a class for medicine.
    Medicine,
    /// Any other goods.
    Other,
    /// No goods: work.
    Nothing,
}

/// One visit a courier may pay.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The order it belongs to.
    pub order: OrderId,
    /// The realisation of the order it belongs to.
    pub realisation: RealisationId,
    /// What happens there.
    pub role: Role,
    /// Where it is.
    pub place: PlaceId,
    /// When service may begin. Never empty; sorted, apart from each other.
    pub windows: Vec<Window>,
    /// How long service takes.
    pub service: Seconds,
    /// What is taken or handed over; never negative.
    pub load: Load,
    /// The product class, as an index into [`Problem::classes`].
    pub class: Option<usize>,
    /// When the goods are ready at the station, if they come from there.
    pub ready_at: Time,
    /// When the goods must be at the station, if they go there.
    pub due_back: Time,
    /// The position it is locked to.
    pub position: Option<Position>,
    /// How its goods get to the recipient's hand, where the order says so.
    pub doorstep: Option<Doorstep>,
}

/// One way of serving one order: a visit, or a pickup and a delivery.
#[derive(Clone, Debug)]
pub struct Realisation {
    /// The order it serves.
    pub order: OrderId,
    /// Which of the order's choices it is.
    pub choice: usize,
    /// Its first visit: the only one, or a shipment's pickup.
    pub first: VisitId,
    /// A shipment's delivery.
    pub second: Option<VisitId>,
    /// What using it costs beside the way.
    pub price: Money,
    /// Why it may not be used at all, whatever the vehicle.
    pub forbidden: Option<Forbidden>,
}

/// Why a realisation may not be used, whatever the vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// The recipient has not agreed to a pick-up point.
    NoConsent,
}

/// A place of the day.
#[derive(Clone, Debug)]
pub struct Place {
    /// Where it is.
    pub point: Point,
    /// For each road profile: the way from the place to the road, or how far the nearest usable
    /// road is when that is beyond the limit (nothing when there is no usable road at all).
    pub access: Vec<Result<Metres, Option<Metres>>>,
}

/// The checked statement of one day.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(crate) date: String,
    pub(crate) zone: String,
    pub(crate) stations: Vec<Station>,
    pub(crate) vehicles: Vec<Vehicle>,
    /// Shared by the changed days that cures are tried on.
    pub(crate) orders: Arc<Vec<Order>>,
    pub(crate) places: Vec<Place>,
    pub(crate) visits: Vec<Visit>,
    pub(crate) realisations: Vec<Realisation>,
    /// Realisations of order `o`: `first_realisation[o]..first_realisation[o + 1]`.
    pub(crate) first_realisation: Vec<u32>,
    pub(crate) classes: Vec<ProductClass>,
    pub(crate) weather: Option<Weather>,
    /// How the air of places and ways differs from the weather's; none where it holds anywhere.
    pub(crate) airs: Option<Arc<Airs>>,
    pub(crate) profiles: Vec<String>,
    // Shared, so that a copy of the day with one number changed is cheap.
    pub(crate) matrices: Vec<Arc<TravelMatrix>>,
    pub(crate) vehicle_profile: Vec<usize>,
    pub(crate) vehicle_station: Vec<StationId>,
    /// What the boxes of each vehicle can do for each class, `[vehicle][class]`.
    pub(crate) hold: Vec<Vec<Result<HoldTerms, Unfit>>>,
    /// How the hours use those holds up, `[vehicle][class]`; none where each second counts in full.
    pub(crate) wear: Vec<Vec<Option<Arc<Wear>>>>,
    /// What each kind of a vehicle's boxes can do by itself, `[vehicle][kind]`; none where the class has
    /// no other kind.
    pub(crate) own_terms: Vec<Vec<Option<OwnTerms>>>,
    /// Whether each kind of a vehicle's boxes is fit for its class today, `[vehicle][kind]`.
    pub(crate) box_fits: Vec<Vec<bool>>,
    pub(crate) capacity: Vec<Load>,
    pub(crate) charge: Vec<Option<Charge>>,
    pub(crate) pinned: Vec<Option<VehicleId>>,
    /// The station of each order; none when any will do.
    pub(crate) order_station: Vec<Option<StationId>>,
    pub(crate) start: Vec<StartPath>,
    pub(crate) snap_limit: Metres,
    /// Medicine rides on no trip with other goods.
    pub(crate) segregates: bool,
    pub(crate) excursions: Excursions,
    /// The products of orders that name one, each with the budget its document is about.
    pub(crate) products: Arc<BTreeMap<OrderId, Product>>,
    pub(crate) roads: Option<Arc<roads::Roads>>,
}

/// What one kind of boxes can do, where a vehicle takes several kinds for a class.
#[derive(Clone, Debug)]
pub(crate) struct OwnTerms {
    pub(crate) terms: HoldTerms,
    /// How much shorter its hold is than the best one of the class.
    pub(crate) less: Seconds,
    pub(crate) wear: Option<Arc<Wear>>,
}

/// A given route, resolved: what the start plan has for one vehicle.
#[derive(Clone, Debug)]
pub(crate) struct StartPath {
    pub(crate) vehicle: VehicleId,
    pub(crate) trips: Vec<Vec<VisitId>>,
    /// How many visits, counted from the first trip's first, must stay as they are.
    pub(crate) frozen: usize,
}

impl Problem {
    /// Begins the statement of a day on `roads` with one station; add more with
    /// [`Builder::station`].
    pub fn builder(station: Station) -> Builder {
        Builder::new(station)
    }

    /// The date of the plan, as `2026-01-28`.
    pub fn date(&self) -> &str {
        &self.date
    }

    /// The name of the zone the clock times are in, as `Asia/Shanghai`.
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// The stations.
    pub fn stations(&self) -> &[Station] {
        &self.stations
    }

    /// The vehicles of all stations.
    pub fn vehicles(&self) -> &[Vehicle] {
        &self.vehicles
    }

    /// The orders, sorted by id.
    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    /// The places; the first ones are the stations'.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Every visit a courier may pay.
    pub fn visits(&self) -> &[Visit] {
        &self.visits
    }

    /// Every way of serving every order.
    pub fn realisations(&self) -> &[Realisation] {
        &self.realisations
    }

    /// The product classes that travel in cold boxes.
    pub fn classes(&self) -> &[ProductClass] {
        &self.classes
    }

    /// The weather of the day, when cold boxes depend on it.
    pub fn weather(&self) -> Option<&Weather> {
        self.weather.as_ref()
    }

    /// The road profiles in use.
    pub fn profiles(&self) -> &[String] {
        &self.profiles
    }

    /// How far from a road a place may lie.
    pub fn snap_limit(&self) -> Metres {
        self.snap_limit
    }

    /// True when medicine rides on no trip with other goods.
    pub fn segregates(&self) -> bool {
        self.segregates
    }

    /// What a visit's goods are for the segregation of medicine.
    pub fn cargo(&self, visit: &Visit) -> Cargo {
        match visit.class.map(|class| self.classes[class].medicine) {
            Some(true) => Cargo::Medicine,
            None if visit.role == Role::Serve => Cargo::Nothing,
            Some(false) | None => Cargo::Other,
        }
    }

    /// Every order id.
    pub fn order_ids(&self) -> impl ExactSizeIterator<Item = OrderId> + use<> {
        (0..self.orders.len()).map(OrderId::from_index)
    }

    /// Every vehicle id.
    pub fn vehicle_ids(&self) -> impl ExactSizeIterator<Item = VehicleId> + use<> {
        (0..self.vehicles.len()).map(VehicleId::from_index)
    }

    /// One order.
    pub fn order(&self, order: OrderId) -> &Order {
        &self.orders[order.index()]
    }

    /// One vehicle.
    pub fn vehicle(&self, vehicle: VehicleId) -> &Vehicle {
        &self.vehicles[vehicle.index()]
    }

    /// One visit.
    pub fn visit(&self, visit: VisitId) -> &Visit {
        &self.visits[visit.index()]
    }

    /// The village or site of a visit, as the courier calls it.
    pub fn village(&self, visit: &Visit) -> &str {
        let order = self.order(visit.order);
        let choice = &order.choices()[self.realisation(visit.realisation).choice];
        let pickup = choice.pickup.as_ref().filter(|_| visit.role == Role::ShipPickup);
        let own = &pickup.unwrap_or(&choice.call).village;
        if own.is_empty() { order.village_name() } else { own }
    }

    /// One realisation.
    pub fn realisation(&self, realisation: RealisationId) -> &Realisation {
        &self.realisations[realisation.index()]
    }

    /// The ways of serving an order.
    pub fn realisations_of(
        &self,
        order: OrderId,
    ) -> impl ExactSizeIterator<Item = RealisationId> + use<> {
        let range = &self.first_realisation[order.index()..order.index() + 2];
        (range[0]..range[1]).map(RealisationId)
    }

    /// The station a vehicle starts from and returns to.
    pub fn station_of(&self, vehicle: VehicleId) -> StationId {
        self.vehicle_station[vehicle.index()]
    }

    /// The place of a station.
    pub fn station_place(&self, station: StationId) -> PlaceId {
        PlaceId(station.0)
    }

    /// The place a vehicle starts from and returns to.
    pub fn home(&self, vehicle: VehicleId) -> PlaceId {
        self.station_place(self.station_of(vehicle))
    }

    /// The station an order's goods start from or go to; nothing when any station may serve it.
    pub fn order_station(&self, order: OrderId) -> Option<StationId> {
        self.order_station[order.index()]
    }

    /// The vehicle an order is pinned to.
    pub fn pinned(&self, order: OrderId) -> Option<VehicleId> {
        self.pinned[order.index()]
    }

    /// Which of [`Problem::profiles`] a vehicle drives by.
    pub fn profile_of(&self, vehicle: VehicleId) -> usize {
        self.vehicle_profile[vehicle.index()]
    }

    /// The travel matrix of a vehicle; rows and columns are places.
    pub fn travel(&self, vehicle: VehicleId) -> &TravelMatrix {
        &self.matrices[self.profile_of(vehicle)]
    }

    /// Driving time and length between two places for a vehicle, without parking.
    ///
    /// # Errors
    /// Why there is no way.
    pub fn leg(&self, vehicle: VehicleId, from: PlaceId, to: PlaceId) -> Result<Leg, NoRoad> {
        self.travel(vehicle).leg(from.index(), to.index())
    }

    /// How much a vehicle takes, in every dimension.
    pub fn capacity(&self, vehicle: VehicleId) -> &Load {
        &self.capacity[vehicle.index()]
    }

    /// What a vehicle's boxes can do for a class; where several kinds of boxes are taken for it, the best
    /// of them in each number, and [`Problem::box_hold`] says what one kind can do.
    ///
    /// # Errors
    /// Why they can do nothing for it.
    pub fn hold(&self, vehicle: VehicleId, class: usize) -> Result<HoldTerms, Unfit> {
        self.hold[vehicle.index()][class]
    }

    /// What one kind of a vehicle's boxes can do for its class.
    ///
    /// # Errors
    /// Why the vehicle's boxes can do nothing for it.
    pub fn box_hold(
        &self,
        vehicle: VehicleId,
        class: usize,
        kind: usize,
    ) -> Result<HoldTerms, Unfit> {
        let best = self.hold(vehicle, class)?;
        let own = self.own(vehicle, kind);
        Ok(own.map_or(best, |own| HoldTerms { hold: best.hold - own.less, ..own.terms }))
    }

    fn own(&self, vehicle: VehicleId, kind: usize) -> Option<&OwnTerms> {
        self.own_terms.get(vehicle.index())?.get(kind)?.as_ref()
    }

    /// How the hours of the day use up the hold of one kind of a vehicle's boxes.
    pub(crate) fn box_wear(
        &self,
        vehicle: VehicleId,
        class: usize,
        kind: usize,
    ) -> Option<&Arc<Wear>> {
        let shared = || self.wear.get(vehicle.index())?.get(class)?.as_ref();
        self.own(vehicle, kind).map_or_else(shared, |own| own.wear.as_ref())
    }

    /// The boxes that may be packed for a class, as kind and number from 1, those that hold longest
    /// first; of each kind no more than `most`.
    pub(crate) fn boxes_for(
        &self,
        vehicle: VehicleId,
        class: usize,
        most: u32,
    ) -> Vec<(usize, u32)> {
        let hold =
            |kind| self.box_hold(vehicle, class, kind).map_or(Seconds::ZERO, |terms| terms.hold);
        let mut kinds: Vec<(usize, u32)> = self
            .box_kinds(vehicle, class)
            .map(|(kind, one)| (kind, one.count_value().min(most)))
            .collect();
        kinds.sort_by_key(|&(kind, _)| std::cmp::Reverse(hold(kind)));
        kinds.into_iter().flat_map(|(kind, count)| (1..=count).map(move |n| (kind, n))).collect()
    }

    /// How the hours of the day use up the hold of a vehicle's boxes for a class; none where each second
    /// counts in full, as in weather that stays as it is.
    pub fn wear(&self, vehicle: VehicleId, class: usize) -> Option<&Wear> {
        self.wear.get(vehicle.index())?.get(class)?.as_deref()
    }

    /// The same, to be kept.
    pub(crate) fn shared_wear(&self, vehicle: VehicleId, class: usize) -> Option<Arc<Wear>> {
        self.wear.get(vehicle.index())?.get(class)?.clone()
    }

    /// The air at a place.
    pub(crate) fn air_at(&self, place: PlaceId) -> AirShift {
        self.airs.as_ref().map_or(AirShift::NONE, |airs| airs.place(place))
    }

    /// The air on the way from one place to another.
    pub(crate) fn air_between(&self, from: PlaceId, to: PlaceId) -> AirShift {
        self.airs.as_ref().map_or(AirShift::NONE, |airs| airs.way(from, to))
    }

    /// The air of a trip that begins at the station and passes some places.
    pub(crate) fn air_along(
        &self,
        vehicle: VehicleId,
        places: impl Iterator<Item = PlaceId>,
    ) -> AirShift {
        let all = std::iter::once(self.home(vehicle)).chain(places);
        self.airs.as_ref().map_or(AirShift::NONE, |airs| airs.along(all))
    }

    /// The hold that goods use in a vehicle's boxes for a class.
    pub fn hold_used(&self, vehicle: VehicleId, class: usize, stay: Stay) -> Seconds {
        let plain = || stay.out - stay.closed + stay.lost;
        self.wear(vehicle, class).map_or_else(plain, |wear| wear.used(stay))
    }

    /// The kinds of boxes a vehicle takes for a class, with their index among its boxes: those that
    /// are fit for it today, or all of them where none is.
    pub(crate) fn box_kinds(
        &self,
        vehicle: VehicleId,
        class: usize,
    ) -> impl Iterator<Item = (usize, &ColdBox)> + Clone {
        let code = self.classes[class].code.as_str();
        let fits = &self.box_fits[vehicle.index()];
        let kept = self.vehicle(vehicle).boxes().iter().enumerate();
        let kept = kept.filter(move |(_, one)| one.class_code() == code && one.count_value() > 0);
        let is_any = kept.clone().any(|(kind, _)| fits[kind]);
        kept.filter(move |&(kind, _)| fits[kind] || !is_any)
    }

    /// How many boxes a vehicle takes for a class.
    pub(crate) fn box_count(&self, vehicle: VehicleId, class: usize) -> u32 {
        self.box_kinds(vehicle, class).map(|(_, one)| one.count_value()).sum()
    }

    /// How many sets of conditioned coolant lie ready for one kind of a vehicle's boxes; none where its
    /// trips cannot need more.
    pub(crate) fn coolant_sets(&self, vehicle: VehicleId, kind: usize) -> Option<u32> {
        let vehicle = self.vehicle(vehicle);
        let one = &vehicle.boxes()[kind];
        let most = u64::from(one.count_value()) * u64::from(vehicle.trip_limit());
        one.sets_value().filter(|&sets| u64::from(sets) < most)
    }

    /// True where the coolant of some of a vehicle's boxes may run out before its trips do.
    pub(crate) fn counts_coolant(&self, vehicle: VehicleId) -> bool {
        let kinds = 0..self.vehicle(vehicle).boxes().len();
        kinds.into_iter().any(|kind| self.coolant_sets(vehicle, kind).is_some())
    }

    /// What the road between two places asks of a vehicle's battery, joules; nothing where its travel
    /// does not tell.
    pub fn drain(&self, vehicle: VehicleId, from: PlaceId, to: PlaceId) -> Option<Drain> {
        self.travel(vehicle).drain(from.index(), to.index())
    }

    /// A vehicle's battery on this day, if it has one that may run out.
    pub fn charge(&self, vehicle: VehicleId) -> Option<Charge> {
        self.charge[vehicle.index()]
    }

    /// The skills an order needs and a vehicle's courier has not.
    pub fn skills_lacking(&self, order: OrderId, vehicle: VehicleId) -> Vec<&str> {
        let has = self.vehicle(vehicle).skills();
        let needs = self.order(order).skills().iter();
        needs.filter(|skill| !has.contains(skill)).map(String::as_str).collect()
    }

    /// The order with this text id.
    pub fn find_order(&self, id: &str) -> Option<OrderId> {
        let found = self.orders.binary_search_by(|order| order.id().cmp(id));
        found.ok().map(OrderId::from_index)
    }
}
