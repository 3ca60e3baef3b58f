//! A pack-out: a box, what keeps its goods and how it is packed, as a few measured numbers with their
//! source.

use serde::{Deserialize, Serialize};

use super::{Means, ProductClass, Status, UnitRoom};
use crate::error::{Code, Fault};
use crate::units::{MilliCelsius, Millilitres, Seconds};

/// The ambient temperatures a pack-out is qualified for; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ambient {
    /// Coldest.
    pub low: MilliCelsius,
    /// Warmest.
    pub high: MilliCelsius,
}

/// How much of the coolant is melted when the box is closed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conditioning {
    /// All solid, at the plateau: the summer pack-out.
    Frozen,
    /// Half melted: for days on both sides of the plateau.
    Half,
    /// All liquid, at the plateau: the winter pack-out.
    Liquid,
    /// This share of the coolant is melted, from 0 to 1.
    Melted(f64),
}

impl Conditioning {
    /// The melted share `H0 / L`, from 0 to 1; a share that is no number counts as none.
    pub fn melted_share(self) -> f64 {
        match self {
            Self::Frozen => 0.0,
            Self::Half => 0.5,
            Self::Liquid => 1.0,
            Self::Melted(share) if share.is_nan() => 0.0,
            Self::Melted(share) => share.clamp(0.0, 1.0),
        }
    }

    /// The fault of a share outside 0 to 1.
    pub fn check(self) -> Option<Fault> {
        match self {
            Self::Melted(share) if !(0.0..=1.0).contains(&share) => Some(
                Fault::new(Code::BadPhysics, "a melted share from 0 to 1")
                    .field("melted")
                    .value(share),
            ),
            _ => None,
        }
    }
}

/// A box with what keeps its goods, as packed. The equations are those of the module [`crate::cold`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackOut {
    /// The name boxes refer to.
    pub name: String,
    /// What keeps the payload at its temperature. Without coolant `r`, `L`, `C_s` and `C_l` say nothing.
    #[serde(default)]
    pub means: Means,
    /// `UA`: heat that flows between ambient and coolant, or payload where there is none, W/K.
    pub ua_w_per_k: f64,
    /// `r`: how far the payload sits from the plateau towards the ambient, a share between 0 and 1.
    pub payload_offset: f64,
    /// `T_m`: the melting plateau, degrees Celsius. Without coolant the temperature at which goods are
    /// packed, of a compartment its set-point.
    pub plateau_c: f64,
    /// `L`: latent heat of all the coolant, J.
    pub latent_j: f64,
    /// `C_p`: heat capacity of the payload, J/K. Without coolant of the least payload it is used with.
    pub payload_j_per_k: f64,
    /// `C_s`: heat capacity of payload and solid coolant together, J/K.
    pub solid_j_per_k: f64,
    /// `C_l`: heat capacity of payload and liquid coolant together, J/K.
    pub liquid_j_per_k: f64,
    /// `g`: additional heat flow while the lid is open, W/K.
    pub lid_w_per_k: f64,
    /// `t_o`: how long one opening lasts.
    pub opening: Seconds,
    /// Room for payload.
    pub volume: Millilitres,
    /// The longest hold the qualification covers, whatever the physics say.
    #[serde(default)]
    pub hold_max: Option<Seconds>,
    /// The ambient temperatures the qualification covers.
    #[serde(default)]
    pub qualified: Option<Ambient>,
    /// How the numbers came to be known.
    pub status: Status,
    /// Where they come from.
    pub source: String,
}

impl PackOut {
    /// `P7`: 7 litres, 3 kg of 5 °C paraffin. Winter and summer box, by conditioning.
    pub fn p7() -> Self {
        Self {
            name: "P7".into(),
            means: Means::Coolant,
            ua_w_per_k: 0.25,
            payload_offset: 0.08,
            plateau_c: 5.0,
            latent_j: 570_000.0,
            payload_j_per_k: 3000.0,
            solid_j_per_k: 9000.0,
            liquid_j_per_k: 9000.0,
            lid_w_per_k: 2.0,
            opening: Seconds(60),
            volume: Millilitres(7000),
            hold_max: None,
            qualified: None,
            status: Status::Derived,
            source: "50 mm PUR walls, 3 kg paraffin of 190 kJ/kg; offset and lid assumed".into(),
        }
    }

    /// `V7`: a 7 litre vaccine carrier with water packs. Not for frost: its payload follows 0 °C.
    pub fn v7() -> Self {
        Self {
            name: "V7".into(),
            payload_offset: 0.15,
            plateau_c: 0.0,
            latent_j: 1_068_800.0,
            solid_j_per_k: 9688.0,
            liquid_j_per_k: 16_395.0,
            source: "8 packs of 0.4 l water, 334 kJ/kg; offset and lid assumed".into(),
            ..Self::p7()
        }
    }

    /// `C25`: a 25 litre cold box with water packs, fitted to its published cold life of 96 h.
    pub fn c25() -> Self {
        Self {
            name: "C25".into(),
            ua_w_per_k: 0.377_47,
            payload_offset: 0.15,
            plateau_c: 0.0,
            latent_j: 4_809_600.0,
            payload_j_per_k: 10_000.0,
            solid_j_per_k: 40_096.0,
            liquid_j_per_k: 70_278.0,
            lid_w_per_k: 6.0,
            volume: Millilitres(25_000),
            source: "24 packs of 0.6 l water; cold life of an RCW25 (PATH/WHO Optimize)".into(),
            ..Self::p7()
        }
    }

    /// `MELONS`: a carton of 10 kg of melons in the bare carriage, packed at 10 °C. There is no lid:
    /// whoever takes another carton does not touch this one.
    pub fn melons() -> Self {
        let carton = super::Lump::MELON_CARTON;
        Self {
            volume: Millilitres(40_000),
            source: "10 kg of melons, 3.9 kJ/(kg K); the carton's 0.7 W/K assumed".into(),
            ..Self::without_coolant("MELONS", carton.w_per_k, carton.j_per_k, 10.0)
        }
    }

    /// A box without coolant, or goods in none at all: their walls conduct so many W/K, they take up so
    /// many J/K, and are packed at a temperature in degrees Celsius. It has room for a litre and no lid
    /// until it is told otherwise, and is only declared.
    ///
    /// ```
    /// use lastmile::cold::{Conditioning, PackOut, ProductClass, hold};
    /// use lastmile::units::MilliCelsius;
    ///
    /// let milk = ProductClass::by_code("ATP_DAIRY").unwrap();
    /// let crate_ = PackOut::without_coolant("crate", 0.5, 40_000.0, 3.0);
    /// let summer = MilliCelsius::celsius(30.0);
    /// let terms = hold(&crate_, Conditioning::Half, &milk, summer, summer).unwrap();
    /// // 22 h 13 min of time constant, from 3.0 °C to 5.1 °C: 70 % of the way to 6 °C.
    /// assert_eq!(terms.hold.0 / 60, 107);
    /// ```
    pub fn without_coolant(
        name: impl Into<String>,
        ua_w_per_k: f64,
        payload_j_per_k: f64,
        packed_c: f64,
    ) -> Self {
        Self {
            name: name.into(),
            means: Means::Walls,
            ua_w_per_k,
            payload_offset: 1.0,
            plateau_c: packed_c,
            latent_j: 0.0,
            payload_j_per_k,
            solid_j_per_k: payload_j_per_k,
            liquid_j_per_k: payload_j_per_k,
            lid_w_per_k: 0.0,
            opening: Seconds::ZERO,
            volume: Millilitres(1000),
            hold_max: None,
            qualified: None,
            status: Status::Declared,
            source: String::new(),
        }
    }

    /// A compartment that a unit keeps at its set-point. What its door does follows from its body.
    pub fn kept_by(name: impl Into<String>, room: UnitRoom, volume: Millilitres) -> Self {
        let ua_w_per_k = room.body.m2 * room.body.k_w_per_m2_k;
        Self {
            means: Means::Unit(room),
            opening: room.open,
            volume,
            ..Self::without_coolant(name, ua_w_per_k, 1.0, room.body.set_c)
        }
    }

    /// Every built-in pack-out. They are worked examples: replace them by your qualification report.
    pub fn built_in() -> Vec<Self> {
        vec![Self::p7(), Self::v7(), Self::c25(), Self::melons()]
    }

    /// The built-in pack-out of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::built_in().into_iter().find(|packout| packout.name == name)
    }

    /// Every way in which the numbers cannot be a box; empty for a possible one. The bounds are far
    /// beyond any parcel box, so that no sum below can overflow.
    pub fn check(&self) -> Vec<Fault> {
        let ranges = [
            ("ua_w_per_k", self.ua_w_per_k, 1e-4, 1e4, "W/K between 0.0001 and 10000"),
            ("plateau_c", self.plateau_c, -100.0, 60.0, "degrees Celsius from -100 to 60"),
            ("payload_j_per_k", self.payload_j_per_k, 0.1, 1e8, "J/K from 0.1 to 1e8"),
            ("lid_w_per_k", self.lid_w_per_k, 0.0, 1e5, "W/K from 0 to 100000"),
            ("opening", self.opening.as_f64(), 0.0, 86_400.0, "seconds from 0 to 86400"),
            ("volume", self.volume.as_f64(), 1.0, 1e9, "millilitres above 0, at most 1e9"),
        ];
        let mut faults = self.outside(&ranges);
        match self.means {
            Means::Coolant => self.check_coolant(&mut faults),
            Means::Walls => {}
            Means::Unit(room) => faults.extend(
                room.faults()
                    .into_iter()
                    .map(|(field, value, expected)| self.fault(field, value, expected)),
            ),
        }
        if let Some(hold) = self.hold_max.filter(|hold| hold.0 <= 0) {
            faults.push(self.fault("hold_max", hold.as_f64(), "seconds above 0"));
        }
        if let Some(ambient) = self.qualified.filter(|ambient| ambient.low > ambient.high) {
            let expected = "a low end not above the high end";
            faults.push(self.fault("qualified", ambient.low.degrees(), expected));
        }
        faults
    }

    fn outside(&self, ranges: &[(&str, f64, f64, f64, &str)]) -> Vec<Fault> {
        let is_out = |(_, value, least, most, _): &&(&str, f64, f64, f64, &str)| {
            !(*least..=*most).contains(value)
        };
        let told = |&(field, value, _, _, expected): &(&str, f64, f64, f64, &str)| {
            self.fault(field, value, expected)
        };
        ranges.iter().filter(is_out).map(told).collect()
    }

    fn check_coolant(&self, faults: &mut Vec<Fault>) {
        faults.extend(self.outside(&[
            ("payload_offset", self.payload_offset, 1e-9, 1.0 - 1e-9, "a share between 0 and 1"),
            ("latent_j", self.latent_j, 1.0, 1e10, "joules above 0, at most 1e10"),
            ("solid_j_per_k", self.solid_j_per_k, 0.1, 1e8, "J/K from 0.1 to 1e8"),
            ("liquid_j_per_k", self.liquid_j_per_k, 0.1, 1e8, "J/K from 0.1 to 1e8"),
        ]));
        let coolant = "more than payload_j_per_k, for it includes the payload";
        for (field, value) in
            [("solid_j_per_k", self.solid_j_per_k), ("liquid_j_per_k", self.liquid_j_per_k)]
        {
            if value <= self.payload_j_per_k {
                faults.push(self.fault(field, value, coolant));
            }
        }
    }

    fn fault(&self, field: &str, value: f64, expected: &str) -> Fault {
        Fault::new(Code::BadPhysics, expected)
            .place(format!("pack-out {}", self.name))
            .field(field)
            .value(value)
    }

    /// `T_ss = T_m + r (T_e - T_m)`: where the payload settles at this ambient temperature while the
    /// plateau lasts, degrees Celsius. Without coolant that is the ambient; in a compartment the set-point,
    /// as far as the unit is strong enough.
    pub fn payload_steady_c(&self, ambient_c: f64) -> f64 {
        match self.means {
            Means::Coolant => self.plateau_c + self.payload_offset * (ambient_c - self.plateau_c),
            Means::Walls => ambient_c,
            Means::Unit(room) => room.rests_c(self.plateau_c, ambient_c),
        }
    }

    /// Between what the payload settles in air between two temperatures, degrees Celsius: for a compartment
    /// anywhere in its band.
    pub fn payload_rests_c(&self, low_c: f64, high_c: f64) -> (f64, f64) {
        let edge = |sign: f64, air_c: f64| self.at_edge(sign).payload_steady_c(air_c);
        (edge(-1.0, low_c), edge(1.0, high_c))
    }

    /// What the goods may be like when they are taken out in some air, degrees Celsius: at rest; without
    /// coolant as far on their way to that air as a plan may use, or at the air within the class.
    pub fn handed_over_c(&self, class: &ProductClass, ambient_c: f64) -> f64 {
        let side_k = ambient_c - self.plateau_c;
        match self.means {
            Means::Coolant => self.payload_steady_c(ambient_c),
            Means::Unit(_) => self.at_edge(side_k.signum()).payload_steady_c(ambient_c),
            Means::Walls => {
                let limit = if side_k > 0.0 { class.highest() } else { class.lowest() };
                let limit_c = limit.map_or(ambient_c, MilliCelsius::degrees);
                if (ambient_c - limit_c) * side_k.signum() <= 0.0 {
                    return ambient_c;
                }
                self.plateau_c + self.status.headroom_used() * (limit_c - self.plateau_c)
            }
        }
    }

    /// The same box with the air of its compartment at the cold (-1) or warm (1) edge of its band.
    #[must_use]
    pub fn at_edge(&self, sign: f64) -> Self {
        let band_k = if let Means::Unit(room) = self.means { room.band_k } else { 0.0 };
        Self { plateau_c: self.plateau_c + sign * band_k, ..self.clone() }
    }

    /// The same box with walls that conduct so many times more, and lids or doors that let so many times
    /// more through.
    #[must_use]
    pub fn stressed(&self, wall_factor: f64, lid_factor: f64) -> Self {
        let means = match self.means {
            Means::Unit(room) => Means::Unit(room.stressed(wall_factor, lid_factor)),
            other => other,
        };
        Self {
            means,
            ua_w_per_k: self.ua_w_per_k * wall_factor,
            lid_w_per_k: self.lid_w_per_k * lid_factor,
            ..self.clone()
        }
    }

    /// `delta = g t_o / UA`: the seconds of hold one opening costs, at any ambient temperature.
    pub fn opening_cost_s(&self) -> f64 {
        self.lid_w_per_k * self.opening.as_f64() / self.ua_w_per_k
    }

    /// The heat that enters in so many seconds and openings at one ambient temperature, quasi-steady,
    /// J; negative when heat leaves.
    pub fn exposure_j(&self, ambient_c: f64, seconds: f64, openings: f64) -> f64 {
        let span_s = seconds + openings * self.opening_cost_s();
        self.ua_w_per_k * (ambient_c - self.plateau_c) * span_s
    }

    /// `(C_p / g) ln((T_p - T_e) / (T_lim - T_e))`: the longest opening, in seconds, that takes the
    /// payload from `payload_c` no further than `limit_c`. Infinite when the ambient is no hazard
    /// on that side, zero when the payload is past the limit already. Not told of a compartment.
    pub fn opening_limit_s(&self, payload_c: f64, ambient_c: f64, limit_c: f64) -> f64 {
        let (now, then) = (payload_c - ambient_c, limit_c - ambient_c);
        if now * then <= 0.0 || self.lid_w_per_k <= 0.0 {
            return f64::INFINITY;
        }
        (self.payload_j_per_k / self.lid_w_per_k * (now / then).ln()).max(0.0)
    }

    /// `tau_p = C_p r (1 - r) / UA`: the payload's time constant, s; without coolant `C_p / UA`, in a
    /// compartment that of the parcel that follows its air soonest.
    pub fn payload_lag_s(&self) -> f64 {
        let r = self.payload_offset;
        match self.means {
            Means::Coolant => self.payload_j_per_k * r * (1.0 - r) / self.ua_w_per_k,
            Means::Walls => self.payload_j_per_k / self.ua_w_per_k,
            Means::Unit(room) => room.lag.as_f64(),
        }
    }

    /// `e^(-g t_o / C_p)`: the share of the payload's deviation that one opening leaves; all of it in a
    /// compartment, whose door adds to it.
    pub fn opening_keeps(&self) -> f64 {
        match self.means {
            Means::Unit(_) => 1.0,
            _ => (-self.lid_w_per_k * self.opening.as_f64() / self.payload_j_per_k).exp(),
        }
    }

    /// The share of the distance between rest and some air that one opening in it takes the payload.
    pub fn opening_share(&self, ambient_c: f64) -> f64 {
        match self.means {
            Means::Unit(room) => room.opening_share(self.plateau_c, ambient_c),
            _ => 1.0 - self.opening_keeps(),
        }
    }

    /// The payload after one opening, degrees Celsius: `T_e + (T_p - T_e) e^(-g t_o / C_p)`; in a
    /// compartment the most it comes to before the air has recovered.
    pub fn opened_c(&self, payload_c: f64, ambient_c: f64) -> f64 {
        match self.means {
            Means::Unit(_) => {
                let pull_k = ambient_c - self.payload_steady_c(ambient_c);
                payload_c + self.opening_share(ambient_c) * pull_k
            }
            _ => ambient_c + (payload_c - ambient_c) * self.opening_keeps(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_ins_are_possible_and_travel_through_json() {
        for packout in PackOut::built_in() {
            assert_eq!(packout.check(), []);
            let text = serde_json::to_string(&packout).unwrap();
            assert_eq!(serde_json::from_str::<PackOut>(&text).unwrap(), packout);
        }
        assert_eq!(PackOut::by_name("C25").unwrap().volume, Millilitres(25_000));
    }

    #[test]
    fn every_fault_is_collected() {
        let bad = PackOut {
            ua_w_per_k: -0.25,
            payload_offset: 1.0,
            latent_j: 0.0,
            plateau_c: f64::NAN,
            volume: Millilitres(0),
            liquid_j_per_k: 3000.0,
            hold_max: Some(Seconds(0)),
            ..PackOut::p7()
        };
        let fields: Vec<String> = bad.check().iter().map(|f| f.field_name().into()).collect();
        let expected = ["ua_w_per_k", "plateau_c", "volume", "payload_offset", "latent_j"];
        assert_eq!(fields[..5], expected);
        assert_eq!(fields[5..], ["liquid_j_per_k", "hold_max"]);
        let bare = PackOut { latent_j: f64::NAN, ..PackOut::melons() };
        assert_eq!(bare.check(), [], "without coolant its numbers say nothing");
        let bare = PackOut { payload_j_per_k: 0.0, ..PackOut::melons() };
        assert_eq!(bare.check().len(), 1);
        assert!(bad.check().iter().all(|fault| fault.code() == Code::BadPhysics));
    }

    #[test]
    fn t09_an_opening_costs_480_s_at_any_ambient_and_may_last_66_s() {
        let p7 = PackOut::p7();
        assert!((p7.opening_cost_s() - 480.0).abs() < 1e-9);
        for (ambient_c, limit_c) in [(30.0, 8.0), (-20.0, 2.0)] {
            let limit_s = p7.opening_limit_s(p7.payload_steady_c(ambient_c), ambient_c, limit_c);
            assert!((limit_s / 66.7 - 1.0).abs() < 0.005, "{limit_s}");
        }
        assert!(p7.opening_limit_s(5.0, 6.0, 8.0).is_infinite());
    }

    #[test]
    fn t04_t05_exposure_is_two_sided() {
        let p7 = PackOut::p7();
        let near = |found: f64, expected: f64| {
            assert!((found / expected - 1.0).abs() < 0.005, "{found}, {expected}");
        };
        let summer_j = p7.exposure_j(30.0, 8.0 * 3600.0, 10.0);
        near(summer_j, 210_000.0);
        near(summer_j / p7.latent_j, 0.3684);
        // What is left keeps for 16 hours more; 233.3 of 633.3 kelvin-hours are used.
        near((p7.latent_j - summer_j) / p7.exposure_j(30.0, 3600.0, 0.0), 16.0);
        near(summer_j / p7.ua_w_per_k / 3600.0, 233.3);
        near(p7.latent_j / p7.ua_w_per_k / 3600.0, 633.3);
        let winter_j = p7.exposure_j(-20.0, 7.0 * 3600.0, 12.0);
        near(winter_j, -193_500.0);
        near(-winter_j / p7.latent_j, 0.3395);
        assert!((p7.payload_steady_c(-20.0) - 3.0).abs() < 1e-9);
        assert!((p7.payload_steady_c(30.0) - 7.0).abs() < 1e-9);
    }
}
