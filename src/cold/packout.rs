//! A pack-out: a box, its coolant and how it is packed, as six measured numbers with their source.

use serde::{Deserialize, Serialize};

use super::Status;
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

/// A box with its coolant, as packed. The equations are those of the module [`crate::cold`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackOut {
    /// The name boxes refer to.
    pub name: String,
    /// `UA`: heat that flows between ambient and coolant, W/K.
    pub ua_w_per_k: f64,
    /// `r`: how far the payload sits from the plateau towards the ambient, a share between 0 and 1.
    pub payload_offset: f64,
    /// `T_m`: the melting plateau, degrees Celsius.
    pub plateau_c: f64,
    /// `L`: latent heat of all the coolant, J.
    pub latent_j: f64,
    /// `C_p`: heat capacity of the payload, J/K.
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

    /// Every built-in pack-out. They are worked examples: replace them by your qualification report.
    pub fn built_in() -> Vec<Self> {
        vec![Self::p7(), Self::v7(), Self::c25()]
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
            ("payload_offset", self.payload_offset, 1e-9, 1.0 - 1e-9, "a share between 0 and 1"),
            ("plateau_c", self.plateau_c, -100.0, 60.0, "degrees Celsius from -100 to 60"),
            ("latent_j", self.latent_j, 1.0, 1e10, "joules above 0, at most 1e10"),
            ("payload_j_per_k", self.payload_j_per_k, 0.1, 1e8, "J/K from 0.1 to 1e8"),
            ("solid_j_per_k", self.solid_j_per_k, 0.1, 1e8, "J/K from 0.1 to 1e8"),
            ("liquid_j_per_k", self.liquid_j_per_k, 0.1, 1e8, "J/K from 0.1 to 1e8"),
            ("lid_w_per_k", self.lid_w_per_k, 0.0, 1e5, "W/K from 0 to 100000"),
            ("opening", self.opening.as_f64(), 0.0, 86_400.0, "seconds from 0 to 86400"),
            ("volume", self.volume.as_f64(), 1.0, 1e9, "millilitres above 0, at most 1e9"),
        ];
        let mut faults: Vec<Fault> = ranges
            .iter()
            .filter(|(_, value, least, most, _)| !(*least..=*most).contains(value))
            .map(|&(field, value, _, _, expected)| self.fault(field, value, expected))
            .collect();
        let coolant = "more than payload_j_per_k, for it includes the payload";
        for (field, value) in
            [("solid_j_per_k", self.solid_j_per_k), ("liquid_j_per_k", self.liquid_j_per_k)]
        {
            if value <= self.payload_j_per_k {
                faults.push(self.fault(field, value, coolant));
            }
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

    fn fault(&self, field: &str, value: f64, expected: &str) -> Fault {
        Fault::new(Code::BadPhysics, expected)
            .place(format!("pack-out {}", self.name))
            .field(field)
            .value(value)
    }

    /// `T_ss = T_m + r (T_e - T_m)`: where the payload settles at this ambient temperature while the
    /// plateau lasts, degrees Celsius.
    pub fn payload_steady_c(&self, ambient_c: f64) -> f64 {
        self.plateau_c + self.payload_offset * (ambient_c - self.plateau_c)
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
    /// on that side, zero when the payload is past the limit already.
    pub fn opening_limit_s(&self, payload_c: f64, ambient_c: f64, limit_c: f64) -> f64 {
        let (now, then) = (payload_c - ambient_c, limit_c - ambient_c);
        if now * then <= 0.0 || self.lid_w_per_k <= 0.0 {
            return f64::INFINITY;
        }
        (self.payload_j_per_k / self.lid_w_per_k * (now / then).ln()).max(0.0)
    }

    /// `tau_p = C_p r (1 - r) / UA`: the payload's time constant, s.
    pub fn payload_lag_s(&self) -> f64 {
        let r = self.payload_offset;
        self.payload_j_per_k * r * (1.0 - r) / self.ua_w_per_k
    }

    /// `e^(-g t_o / C_p)`: the share of the distance to the ambient that one opening leaves.
    pub fn opening_keeps(&self) -> f64 {
        (-self.lid_w_per_k * self.opening.as_f64() / self.payload_j_per_k).exp()
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
        let expected = ["ua_w_per_k", "payload_offset", "plateau_c", "latent_j", "volume"];
        assert_eq!(fields[..5], expected);
        assert_eq!(fields[5..], ["liquid_j_per_k", "hold_max"]);
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
