//! A vehicle's compartment that is kept at a set-point: goods of a class that ride in it, and what it
//! draws from the battery.

use crate::cold::{
    AirShift, AtpClass, Compartment, Conditioning, PackOut, ProductClass, Status, UnitRoom,
};
use crate::error::{Code, Fault};
use crate::problem::builder::air_of;
use crate::problem::{BoxPapers, Charge, ColdBox, Problem, Vehicle, VehicleId};
use crate::units::{MilliCelsius, Millilitres, Seconds};

/// A compartment and how it is used; see [`Vehicle::compartment`](crate::problem::Vehicle::compartment).
#[derive(Clone, Debug, PartialEq)]
pub struct CompartmentUse {
    /// Walls, door and unit.
    pub body: Compartment,
    /// What it is certified as.
    pub class: AtpClass,
    /// How often its door is opened in an hour at the most, beside the openings the plan makes.
    pub openings_per_h: f64,
    /// How long each time.
    pub open: Seconds,
    /// The goods that ride in it; none where it only draws energy.
    pub goods: Option<CompartmentGoods>,
}

/// Goods of one class in a compartment.
#[derive(Clone, Debug, PartialEq)]
pub struct CompartmentGoods {
    /// The code of their class.
    pub class: String,
    /// Room for them.
    pub volume: Millilitres,
    /// How far the air may be from the set-point while the door is closed, K, as the mapping says.
    pub band_k: f64,
    /// Time constant of the parcel that follows the air soonest, from 1 minute.
    pub lag: Seconds,
    /// Its logger, if it has one.
    pub papers: Option<BoxPapers>,
    /// How band and time constant came to be known.
    pub status: Status,
    /// Where they come from.
    pub source: String,
}

impl CompartmentGoods {
    /// Goods of a class that follow the air with a time constant, in so much room, 2 K around the
    /// set-point; only declared.
    pub fn new(class: impl Into<String>, volume: Millilitres, lag: Seconds) -> Self {
        Self {
            class: class.into(),
            volume,
            band_k: 2.0,
            lag,
            papers: None,
            status: Status::Declared,
            source: String::new(),
        }
    }
}

/// What a compartment is called on labels.
const NAME: &str = "COMPARTMENT";

impl CompartmentUse {
    /// Opened for a minute six times an hour at the most, and without goods of the plan.
    pub fn new(body: Compartment, class: AtpClass) -> Self {
        Self { body, class, openings_per_h: 6.0, open: Seconds(60), goods: None }
    }

    /// Has goods of a class ride in it. Orders of that class go there, or into a box of that class, like
    /// into any box; its door is opened at each of their visits, which takes energy, and at no others:
    /// set [`openings_per_h`](Self::openings_per_h) again where it is.
    #[must_use]
    pub fn carries(mut self, goods: CompartmentGoods) -> Self {
        self.goods = Some(goods);
        self.openings_per_h = 0.0;
        self
    }

    /// What it draws at the most in air between two temperatures, W: the walls, and the door as often as
    /// it may be opened beside the plan, at the temperature that asks for more, cooling or heating.
    pub fn draw_w(&self, (low, high): (MilliCelsius, MilliCelsius)) -> f64 {
        let at = |air: MilliCelsius| {
            let walls_w = self.body.wall_w(air.degrees()).abs() / self.body.cop;
            let door_j = self.body.opening_electric_j(air.degrees(), self.open);
            walls_w + self.openings_per_h * door_j / Seconds::hours(1).as_f64()
        };
        at(low).max(at(high))
    }

    /// What an opening takes at the most in air between two temperatures, J.
    pub fn opening_j(&self, (low, high): (MilliCelsius, MilliCelsius)) -> f64 {
        let at = |air: MilliCelsius| self.body.opening_electric_j(air.degrees(), self.open);
        at(low).max(at(high))
    }

    /// As one box of the vehicle.
    fn pack_out(&self, goods: &CompartmentGoods) -> PackOut {
        let CompartmentGoods { band_k, lag, .. } = *goods;
        let room = UnitRoom { body: self.body, band_k, lag, open: self.open };
        PackOut {
            status: goods.status,
            source: goods.source.clone(),
            ..PackOut::kept_by(NAME, room, goods.volume)
        }
    }

    /// As one box of the vehicle, where goods ride in it.
    pub(crate) fn cold_box(&self) -> Option<ColdBox> {
        let goods = self.goods.as_ref()?;
        let pack_out = self.pack_out(goods);
        let one = ColdBox::new(pack_out, goods.class.clone(), Conditioning::Half);
        Some(goods.papers.iter().cloned().fold(one, ColdBox::papers))
    }

    /// Every way in which it cannot be, or cannot keep its set-point in such air.
    pub(crate) fn faults(&self, air: Option<(MilliCelsius, MilliCelsius)>) -> Vec<Fault> {
        let mut found = self.body.check(self.class);
        let bad = |field: &str, value: f64, expected: &str| {
            Fault::new(Code::OutOfRange, expected).field(field).value(value)
        };
        if !(0.0..=120.0).contains(&self.openings_per_h) {
            found.push(bad("openings_per_h", self.openings_per_h, "openings from 0 to 120"));
        }
        if !(0..=3600).contains(&self.open.0) {
            found.push(bad("open_s", self.open.as_f64(), "seconds from 0 to 3600"));
        }
        let (low, high) = air.unwrap_or_default();
        let suffices = |air: MilliCelsius| self.body.suffices(air.degrees(), false);
        if found.is_empty() && air.is_some() && !(suffices(low) && suffices(high)) {
            let expected = "1.75 times the heat its walls pass in the day's air (ATP, annex 1)";
            found.push(bad("unit_w", self.body.unit_w, expected));
        }
        if let Some(goods) = &self.goods {
            self.goods_faults(goods, &mut found);
        }
        found
    }

    /// Goods of no known class, a class that the set-point does not keep, room and times that cannot be.
    fn goods_faults(&self, goods: &CompartmentGoods, found: &mut Vec<Fault>) {
        for fault in self.pack_out(goods).check() {
            // Of the body more is said already.
            if ["volume", "band_k", "lag_min"].contains(&fault.field_name()) {
                let field = format!("goods.{}", fault.field_name());
                found.push(fault.field(field));
            }
        }
        let Some(class) = ProductClass::by_code(&goods.class) else {
            let expected = "the code of a known product class";
            found.push(
                Fault::new(Code::UnknownName, expected).field("goods.class").value(&goods.class),
            );
            return;
        };
        let is_low =
            class.lowest().is_some_and(|low| self.body.set_c - goods.band_k < low.degrees());
        let is_high =
            class.highest().is_some_and(|high| self.body.set_c + goods.band_k > high.degrees());
        if is_low || is_high {
            let end = |limit: Option<MilliCelsius>| {
                limit.map_or_else(|| "any".to_owned(), |limit| limit.degrees().to_string())
            };
            let expected = format!(
                "a set-point that with {} K of band stays within {}, {} to {} °C",
                goods.band_k,
                class.code,
                end(class.lowest()),
                end(class.highest())
            );
            let fault = Fault::new(Code::Contradiction, expected);
            found.push(fault.field("set_c").value(self.body.set_c));
        }
    }
}

impl Charge {
    /// The same with what each opening of the vehicle's compartment takes in the day's air.
    pub(super) fn with_door(
        mut self,
        vehicle: &Vehicle,
        air: Option<(MilliCelsius, MilliCelsius)>,
        classes: &[ProductClass],
    ) -> Self {
        let kept = vehicle.compartment.as_ref();
        let code = kept.and_then(|kept| kept.goods.as_ref()).map(|goods| &goods.class);
        let class = code.and_then(|code| classes.iter().position(|class| class.code == *code));
        self.door = kept.zip(air).zip(class).map(|((kept, air), class)| {
            (class, Seconds::round((1000.0 * kept.opening_j(air)).ceil()).0)
        });
        self
    }
}

impl Problem {
    /// What a vehicle's compartment draws at the most in the day's air, W, without the openings the plan
    /// makes; none where it has none or the day has no weather.
    pub fn compartment_draw_w(&self, vehicle: VehicleId) -> Option<f64> {
        let kept = self.vehicle(vehicle).compartment.as_ref()?;
        Some(kept.draw_w(self.compartment_air(vehicle)?))
    }

    /// What each opening of it takes at the most, J.
    pub fn compartment_opening_j(&self, vehicle: VehicleId) -> Option<f64> {
        let kept = self.vehicle(vehicle).compartment.as_ref()?;
        Some(kept.opening_j(self.compartment_air(vehicle)?))
    }

    /// The air anywhere it may stand.
    fn compartment_air(&self, vehicle: VehicleId) -> Option<(MilliCelsius, MilliCelsius)> {
        let weather = self.weather()?;
        let air = air_of(self.vehicle(vehicle), weather)?;
        let anywhere = self.airs.as_ref().map_or(AirShift::NONE, |airs| airs.told().0);
        let (low, high) = anywhere.of(air);
        Some((low.min(air.0), high.max(air.1)))
    }
}
