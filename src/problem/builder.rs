//! Checks a day and makes it dense. Every fault is reported at once.

mod check;
mod compile;

pub(super) use compile::{air_of, windows_of};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cold::{Product, Weather};
use crate::error::{Code, Error, Fault, Result};
use crate::place::Point;
use crate::problem::airs::Heights;
use crate::problem::roads::{RoadDay, Roads};
use crate::problem::{Call, Choice, Excursions, Order, Problem, StartRoute, Station};
use crate::road::{Closure, Observed, PlaneScale, RoadGraph, TravelMatrix};
use crate::units::Metres;

/// Travel between points for one road profile, as the road graph (or a test) gives it.
#[derive(Clone, Debug)]
pub struct Travel {
    /// Time and length, one row and column per point.
    pub matrix: TravelMatrix,
    /// For each point: the way to the road, or how far the nearest usable road is.
    pub access: Vec<std::result::Result<Metres, Option<Metres>>>,
}

/// Collects the statement of a day; see [`Problem::builder`].
#[derive(Clone, Debug)]
pub struct Builder {
    date: String,
    zone: String,
    stations: Vec<Station>,
    orders: Vec<Order>,
    weather: Option<Weather>,
    start: Vec<StartRoute>,
    snap_limit: Metres,
    closures: Vec<Closure>,
    observed: Vec<Observed>,
    region: Option<String>,
    segregates: bool,
    excursions: Excursions,
    /// Beside the built-in ones.
    products: Vec<Product>,
    /// Where the weather's figures are of, above the sea.
    weather_height: Option<Metres>,
    heights: Option<Heights>,
}

/// How far from a road a place may lie unless said otherwise.
const SNAP_LIMIT: Metres = Metres(1000);

impl Builder {
    pub(super) fn new(station: Station) -> Self {
        Self {
            date: "2026-01-28".into(),
            zone: "Asia/Shanghai".into(),
            stations: vec![station],
            orders: Vec::new(),
            weather: None,
            start: Vec::new(),
            snap_limit: SNAP_LIMIT,
            closures: Vec::new(),
            observed: Vec::new(),
            region: None,
            segregates: false,
            excursions: Excursions::default(),
            products: Vec::new(),
            weather_height: None,
            heights: None,
        }
    }

    /// Sets the date of the plan, as `2026-01-28`. Clock times are relative to it, and seasonal and
    /// conditional access to roads is that of the day.
    #[must_use]
    pub fn date(mut self, date: impl Into<String>) -> Self {
        self.date = date.into();
        self
    }

    /// Sets the zone the clock times are in, as `Asia/Shanghai`. It is shown.
    #[must_use]
    pub fn zone(mut self, zone: impl Into<String>) -> Self {
        self.zone = zone.into();
        self
    }

    /// Adds a station with its vehicles.
    #[must_use]
    pub fn station(mut self, station: Station) -> Self {
        self.stations.push(station);
        self
    }

    /// Adds an order.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.orders.push(order);
        self
    }

    /// Adds orders.
    #[must_use]
    pub fn orders(mut self, orders: impl IntoIterator<Item = Order>) -> Self {
        self.orders.extend(orders);
        self
    }

    /// Sets the weather the cold boxes stand in.
    #[must_use]
    pub fn weather(mut self, weather: Weather) -> Self {
        self.weather = Some(weather);
        self
    }

    /// Gives a start plan. Orders it leaves out are planned as usual.
    #[must_use]
    pub fn start(mut self, routes: Vec<StartRoute>) -> Self {
        self.start = routes;
        self
    }

    /// Sets how far from a road a place may lie.
    #[must_use]
    pub fn snap_limit(mut self, limit: Metres) -> Self {
        self.snap_limit = limit;
        self
    }

    /// Says whether medicine rides on no trip with other goods, as some authorities ask (Beijing's
    /// draft guide to the delivery of medicine sold online, 2022). Goods in a class for medicine are
    /// medicine; work without a class is no goods.
    #[must_use]
    pub fn segregate(mut self, is_segregated: bool) -> Self {
        self.segregates = is_segregated;
        self
    }

    /// Says whether goods may leave their class as far as a manufacturer's document allows.
    #[must_use]
    pub fn excursions(mut self, excursions: Excursions) -> Self {
        self.excursions = excursions;
        self
    }

    /// Closes a road for the day.
    #[must_use]
    pub fn close(mut self, closure: Closure) -> Self {
        self.closures.push(closure);
        self
    }

    /// Adds products that orders may name beside the built-in ones.
    #[must_use]
    pub fn products(mut self, products: impl IntoIterator<Item = Product>) -> Self {
        self.products.extend(products);
        self
    }

    /// Says how high above the sea the place lies that the weather's figures are of. On a road graph that
    /// knows heights each place then has the air that the standard lapse makes of it at the nearest
    /// junction whose height is known, and each way any of the air between the lowest and the highest
    /// junction it may pass. Heights of the country around the day's places count: of the box of its
    /// places, half as wide again on each side. Beyond 1000 places all ways have one band.
    #[must_use]
    pub fn weather_height(mut self, height: Metres) -> Self {
        self.weather_height = Some(height);
        self
    }

    /// Takes the heights of the roads around the day's places.
    fn take_heights(&mut self, graph: &RoadGraph) {
        let Some(forecast) = self.weather_height else { return };
        let calls = self.orders.iter().flat_map(Order::choices).flat_map(Choice::calls);
        let stations = self.stations.iter().map(|station| station.point);
        let Some(around) = Around::of(stations.chain(calls.map(Call::point))) else { return };
        let nodes = graph.node_points().iter().enumerate();
        let near = nodes.filter(|(_, point)| around.holds(**point));
        let known = near.filter_map(|(node, &point)| Some((point, graph.node_elevation(node)?)));
        self.heights = Heights::of(known, forecast);
    }

    /// Heights that are known otherwise, and how high the forecast's place is.
    #[cfg(test)]
    pub(crate) fn heights(mut self, known: &[(Point, Metres)], forecast: Metres) -> Self {
        self.heights = Heights::of(known.iter().copied(), forecast);
        self
    }

    /// The coldest air of the vehicles of which each leg takes what its road asks for, by their
    /// profiles, in degrees Celsius; 20 where the day has no weather.
    fn coldest_by_road(&self) -> BTreeMap<String, f64> {
        let mut coldest: BTreeMap<String, f64> = BTreeMap::new();
        for vehicle in self.stations.iter().flat_map(|station| &station.vehicles) {
            if vehicle.battery.as_ref().is_some_and(|battery| battery.wh_per_km.is_none()) {
                let air = self.weather.as_ref().and_then(|weather| air_of(vehicle, weather));
                let celsius = air.map_or(20.0, |(low, _)| low.degrees());
                let known = coldest.entry(vehicle.profile.clone()).or_insert(celsius);
                *known = known.min(celsius);
            }
        }
        coldest
    }

    fn known_products(&self) -> Vec<Product> {
        Product::built_in().into_iter().chain(self.products.iter().cloned()).collect()
    }

    /// Adds a speed the station has seen on a road.
    #[must_use]
    pub fn observe(mut self, observed: Observed) -> Self {
        self.observed.push(observed);
        self
    }

    /// Says in which region of the speed table the roads are; see
    /// [`Profile::in_region`](crate::road::Profile::in_region).
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Checks everything and computes travel between all places on the road graph.
    ///
    /// # Errors
    /// Every fault of the day at once; see [`Builder::build_with`]. A vehicle's profile must be one
    /// of [`crate::road::Profile::NAMES`]. A day whose travel would take more than 4 GiB is refused
    /// before it is computed.
    pub fn build(mut self, graph: &Arc<RoadGraph>) -> Result<Arc<Problem>> {
        self.take_heights(graph);
        let day = RoadDay {
            closures: self.closures.clone(),
            observed: self.observed.clone(),
            region: self.region.clone(),
            snap_limit: self.snap_limit,
            date: self.date.clone(),
            coldest: self.coldest_by_road(),
        };
        let mut roads = Roads::default();
        let mut problem =
            self.check_and_compile(|profile, points| roads.travel(graph, &day, profile, points))?;
        problem.roads = Some(Arc::new(roads));
        Ok(Arc::new(problem))
    }

    /// Checks everything and asks `travel` once per road profile for time and length between all
    /// points.
    ///
    /// # Errors
    /// Every fault of the day at once, each with the origin of its order, vehicle or station; or
    /// the error of `travel`.
    pub fn build_with(
        self,
        travel: impl FnMut(&str, &[Point]) -> Result<Travel>,
    ) -> Result<Arc<Problem>> {
        self.check_and_compile(travel).map(Arc::new)
    }

    /// Checks everything; travel is straight on a plane for every vehicle, and worked out when
    /// asked for instead of kept in a table. `plane` gives the coordinates of a point.
    ///
    /// # Errors
    /// Every fault of the day at once; see [`Builder::build_with`].
    pub fn build_on_plane(
        self,
        scale: PlaneScale,
        plane: impl Fn(Point) -> [f64; 2],
    ) -> Result<Arc<Problem>> {
        let travel = |_: &str, points: &[Point]| {
            let matrix =
                TravelMatrix::planar(points.iter().map(|&point| plane(point)).collect(), scale);
            Ok(Travel { matrix, access: vec![Ok(Metres::ZERO); points.len()] })
        };
        self.check_and_compile(travel).map(Arc::new)
    }

    fn check_and_compile(
        mut self,
        mut travel: impl FnMut(&str, &[Point]) -> Result<Travel>,
    ) -> Result<Problem> {
        // The rows' order in the file must not matter.
        self.orders.sort_by(|a, b| a.id().cmp(b.id()));
        self.stations.sort_by(|a, b| a.id().cmp(b.id()));
        for station in &mut self.stations {
            station.vehicles.sort_by(|a, b| a.id().cmp(b.id()));
        }
        let known = self.known_products();
        self.orders.iter_mut().for_each(|order| order.take_class_of(&known));
        let faults = check::faults(&self, &known);
        if !faults.is_empty() {
            return Err(Error::input(faults));
        }
        let heights = self.heights.take();
        let mut problem = compile::compile(self, heights.as_ref(), &known)?;
        let points: Vec<Point> = problem.places.iter().map(|place| place.point).collect();
        for profile in problem.profiles.clone() {
            let Travel { matrix, access } = travel(&profile, &points)?;
            if matrix.places() != points.len() || access.len() != points.len() {
                let expected = format!("travel between all {} places", points.len());
                return Err(Fault::new(Code::BadMatrix, expected).value(matrix.places()).into());
            }
            for (place, way) in problem.places.iter_mut().zip(access) {
                place.access.push(way);
            }
            problem.matrices.push(Arc::new(matrix));
        }
        problem.airs = heights.map(|heights| Arc::new(heights.airs(&problem)));
        check::stations_on_roads(&problem)?;
        check::drains_known(&problem)?;
        Ok(problem)
    }
}

/// The country around some points, degrees.
struct Around {
    lat: (f64, f64),
    lon: (f64, f64),
}

impl Around {
    /// The box of the points, half as wide again on each side, and a kilometre at least.
    fn of(points: impl Iterator<Item = Point>) -> Option<Self> {
        let wide = |(low, high): (f64, f64)| {
            let more = (0.5 * (high - low)).max(0.02);
            (low - more, high + more)
        };
        let both = points.fold(None, |so_far: Option<Self>, p| {
            let Some(Self { lat, lon }) = so_far else {
                return Some(Self { lat: (p.lat, p.lat), lon: (p.lon, p.lon) });
            };
            let grown = |(low, high): (f64, f64), one: f64| (low.min(one), high.max(one));
            Some(Self { lat: grown(lat, p.lat), lon: grown(lon, p.lon) })
        });
        both.map(|Self { lat, lon }| Self { lat: wide(lat), lon: wide(lon) })
    }

    fn holds(&self, point: Point) -> bool {
        (self.lat.0..=self.lat.1).contains(&point.lat)
            && (self.lon.0..=self.lon.1).contains(&point.lon)
    }
}

impl Problem {
    /// The same day with another start plan.
    ///
    /// # Errors
    /// Every fault of the start plan: unknown vehicles, orders and options, orders that are there
    /// more than once.
    pub fn with_start(&self, start: &[StartRoute]) -> Result<Problem> {
        let mut found = Vec::new();
        check::start_plan(&self.orders, self.vehicles.iter(), start, &mut found);
        if !found.is_empty() {
            return Err(Error::input(found));
        }
        let mut day = self.clone();
        day.start = compile::start_paths(self, start);
        Ok(day)
    }
}
