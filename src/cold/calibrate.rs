//! From a datasheet or a qualification report to the numbers of a pack-out: calibrate, don't guess.
//! Every result is marked `derived` and says from what.

use super::{PackOut, Parameter, Status};
use crate::error::{Code, Fault, Result};
use crate::units::Seconds;

/// A test of a whole box: everything inside begins at one temperature and is watched until the
/// worst point reaches another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LifeTest {
    /// Temperature of everything inside at the start, degrees Celsius.
    pub start_c: f64,
    /// Temperature around the box, degrees Celsius.
    pub ambient_c: f64,
    /// Temperature at which the test ends, degrees Celsius.
    pub end_c: f64,
    /// How long it took.
    pub life: Seconds,
}

impl LifeTest {
    /// A cold life: packs frozen at their plateau, 43 °C outside, until +10 °C (WHO PQS E004; the
    /// logistics cluster's wording ends at +8 °C, so change `end_c` where the report does).
    pub fn cold_life(plateau_c: f64, life: Seconds) -> Self {
        Self { start_c: plateau_c, ambient_c: 43.0, end_c: 10.0, life }
    }

    /// A warm life: all at +18 °C, -20 °C outside, until the coldest point reaches 0 °C (WHO PQS
    /// glossary).
    pub fn warm_life(life: Seconds) -> Self {
        Self { start_c: 18.0, ambient_c: -20.0, end_c: 0.0, life }
    }
}

/// `R = t |T_test - T_m|`: the reservoir in kelvin-hours, read straight off a qualification report:
/// how long the plateau held at which temperature.
///
/// # Errors
/// A hold of no time, or a test at the plateau's own temperature, which tells nothing.
pub fn kelvin_hours(plateau_c: f64, ambient_c: f64, hold: Seconds) -> Result<f64> {
    let drive_k = positive("ambient_c", (ambient_c - plateau_c).abs(), "a test off the plateau")?;
    Ok(drive_k * positive("hold", hold.as_f64(), "seconds above 0")? / 3600.0)
}

/// `UA = L / R`: the wall from a reservoir of known latent heat.
///
/// # Errors
/// A latent heat or reservoir that is not above 0.
pub fn ua_from_hold(latent_j: f64, reservoir_kh: f64) -> Result<Parameter> {
    let latent_j = positive("latent_j", latent_j, "joules above 0")?;
    let reservoir_kh = positive("reservoir_kh", reservoir_kh, "kelvin-hours above 0")?;
    let source = format!("{latent_j:.0} J over {reservoir_kh:.1} K h of a qualification");
    Ok(Parameter::derived(latent_j / (reservoir_kh * 3600.0), source))
}

/// `L = UA R`: the usable latent heat of a box with a known wall.
///
/// # Errors
/// A conductance or reservoir that is not above 0.
pub fn latent_from_hold(ua_w_per_k: f64, reservoir_kh: f64) -> Result<Parameter> {
    let ua_w_per_k = positive("ua_w_per_k", ua_w_per_k, "W/K above 0")?;
    let reservoir_kh = positive("reservoir_kh", reservoir_kh, "kelvin-hours above 0")?;
    let source = format!("{ua_w_per_k:.4} W/K times {reservoir_kh:.1} K h of a qualification");
    Ok(Parameter::derived(ua_w_per_k * reservoir_kh * 3600.0, source))
}

/// The wall from a cold life or a warm life: `UA t` is the sum of `C ln(..)` over what is warmed or
/// cooled and `L / |T_a - T_m|` for what melts or freezes on the way. The box counts as one lump, as
/// such a test does.
///
/// # Errors
/// An end that the ambient can never bring about, or a life of no time.
pub fn ua_from_life(packout: &PackOut, test: LifeTest) -> Result<Parameter> {
    let life_s = positive("life", test.life.as_f64(), "seconds above 0")?;
    let (from, to) = (test.start_c - test.ambient_c, test.end_c - test.ambient_c);
    if !(from * to > 0.0 && to.abs() < from.abs()) {
        let expected = "an end between the start and the ambient temperature";
        let fault = Fault::new(Code::BadPhysics, expected).field("end_c");
        return Err(fault.value(test.end_c).into());
    }
    let sum = conductance_time(packout, test);
    let source = format!(
        "life of {:.1} h from {:.1} to {:.1} °C at {:.1} °C",
        life_s / 3600.0,
        test.start_c,
        test.end_c,
        test.ambient_c
    );
    Ok(Parameter::derived(sum / life_s, source))
}

/// `UA t` of a test, W s/K.
fn conductance_time(packout: &PackOut, test: LifeTest) -> f64 {
    let (start, end, ambient, melt) = (test.start_c, test.end_c, test.ambient_c, packout.plateau_c);
    let part = |j_per_k: f64, from: f64, to: f64| {
        let (from, to) = ((from - ambient).abs(), (to - ambient).abs());
        if from > to { j_per_k * (from / to).ln() } else { 0.0 }
    };
    let is_warming = ambient > start;
    let crosses =
        if is_warming { start <= melt && end > melt } else { start >= melt && end < melt };
    let latent = if crosses { packout.latent_j / (ambient - melt).abs() } else { 0.0 };
    if is_warming {
        part(packout.solid_j_per_k, start.min(melt), end.min(melt))
            + latent
            + part(packout.liquid_j_per_k, start.max(melt), end.max(melt))
    } else {
        part(packout.liquid_j_per_k, start.max(melt), end.max(melt))
            + latent
            + part(packout.solid_j_per_k, start.min(melt), end.min(melt))
    }
}

/// `r = (T_p - T_m) / (T_a - T_m)`: the payload's offset from a reading at rest on the plateau.
///
/// # Errors
/// A payload that does not settle between plateau and ambient.
pub fn offset_from_reading(plateau_c: f64, ambient_c: f64, payload_c: f64) -> Result<Parameter> {
    let offset = (payload_c - plateau_c) / (ambient_c - plateau_c);
    if !(offset > 0.0 && offset < 1.0) {
        let fault = Fault::new(Code::BadPhysics, "a payload between plateau and ambient");
        return Err(fault.field("payload_c").value(payload_c).into());
    }
    let source = format!("payload at {payload_c:.2} °C at rest in {ambient_c:.1} °C");
    Ok(Parameter::derived(offset, source))
}

/// `g = (C_p / t) ln((T_0 - T_a) / (T_1 - T_a))`: the lid from one timed opening.
///
/// # Errors
/// A payload that does not move towards the ambient, or an opening of no time.
pub fn lid_from_opening(
    payload_j_per_k: f64,
    opening: Seconds,
    ambient_c: f64,
    (before_c, after_c): (f64, f64),
) -> Result<Parameter> {
    let seconds = positive("opening", opening.as_f64(), "seconds above 0")?;
    let capacity = positive("payload_j_per_k", payload_j_per_k, "J/K above 0")?;
    let share = (before_c - ambient_c) / (after_c - ambient_c);
    if !(share.is_finite() && share >= 1.0) {
        let fault = Fault::new(Code::BadPhysics, "a payload that moves towards the ambient");
        return Err(fault.field("after_c").value(after_c).into());
    }
    let source = format!(
        "{before_c:.2} to {after_c:.2} °C in {seconds:.0} s of open lid at {ambient_c:.1} °C"
    );
    Ok(Parameter::derived(capacity / seconds * share.ln(), source))
}

/// A box's walls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Walls {
    /// Thickness, m.
    pub thickness_m: f64,
    /// Conductivity of the insulation, W/(m K): PUR 0.025, EPS 0.035, vacuum panels 0.006 new and
    /// 0.008 aged.
    pub w_per_m_k: f64,
    /// Inner surface, m².
    pub inside_m2: f64,
    /// Outer surface, m².
    pub outside_m2: f64,
    /// Film outside, W/(m² K): about 8 in still air.
    pub film_w_per_m2_k: f64,
    /// Share added for seams and lid, for example 0.15.
    pub seams: f64,
}

impl Walls {
    /// `UA` of wall (over the geometric mean surface) and outer film in series, with the seams.
    ///
    /// # Errors
    /// A size that is not above 0, or a negative share of seams.
    pub fn ua(&self) -> Result<Parameter> {
        let thickness = positive("thickness_m", self.thickness_m, "metres above 0")?;
        let conductivity = positive("w_per_m_k", self.w_per_m_k, "W/(m K) above 0")?;
        let inside = positive("inside_m2", self.inside_m2, "square metres above 0")?;
        let outside = positive("outside_m2", self.outside_m2, "square metres above 0")?;
        let film = positive("film_w_per_m2_k", self.film_w_per_m2_k, "W/(m² K) above 0")?;
        let seams = positive("seams", 1.0 + self.seams, "a share from 0")?;
        let wall = thickness / (conductivity * (inside * outside).sqrt());
        let ua = seams / (wall + 1.0 / (film * outside));
        let source = format!("walls of {:.0} mm and {conductivity} W/(m K)", 1000.0 * thickness);
        Ok(Parameter::derived(ua, source))
    }
}

impl PackOut {
    /// The same pack-out with the wall that its life shows; its status and source follow.
    ///
    /// # Errors
    /// As [`ua_from_life`].
    pub fn fitted_to(mut self, test: LifeTest) -> Result<Self> {
        let ua = ua_from_life(&self, test)?;
        self.ua_w_per_k = ua.value;
        self.status = self.status.max(Status::Derived);
        self.source = format!("{}; UA from {}", self.source, ua.source);
        Ok(self)
    }
}

fn positive(field: &str, value: f64, expected: &str) -> Result<f64> {
    if value > 0.0 && value.is_finite() {
        return Ok(value);
    }
    Err(Fault::new(Code::BadPhysics, expected).field(field).value(value).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 0.005, "found {found}, expected {expected}");
    }

    #[test]
    fn t14_a_cold_life_of_96_h_gives_the_wall_of_c25() {
        let rough = PackOut { ua_w_per_k: 1.0, ..PackOut::c25() };
        let fitted = rough.fitted_to(LifeTest::cold_life(0.0, Seconds::hours(96))).unwrap();
        near(fitted.ua_w_per_k, 0.377_47);
        assert_eq!(fitted.status, Status::Derived);
        assert!(fitted.source.contains("life of 96.0 h"), "{}", fitted.source);
    }

    #[test]
    fn t13_a_warm_life_of_11_69_h_gives_the_wall_of_v7() {
        let life = Seconds::round(11.69 * 3600.0);
        near(ua_from_life(&PackOut::v7(), LifeTest::warm_life(life)).unwrap().value, 0.25);
        // Down through the plateau: all melted at +5, frozen and at -3 in the end.
        let down = LifeTest { start_c: 5.0, ambient_c: -20.0, end_c: -3.0, life };
        let v7 = PackOut::v7();
        let sum = v7.liquid_j_per_k * (25.0_f64 / 20.0).ln()
            + v7.latent_j / 20.0
            + v7.solid_j_per_k * (20.0_f64 / 17.0).ln();
        near(ua_from_life(&v7, down).unwrap().value, sum / life.as_f64());
    }

    #[test]
    fn t04_the_reservoir_of_p7_is_633_kelvin_hours() {
        let hold = Seconds::round(25.333_33 * 3600.0);
        for ambient_c in [30.0, -20.0] {
            let reservoir = kelvin_hours(5.0, ambient_c, hold).unwrap();
            near(reservoir, 633.3);
            near(ua_from_hold(570_000.0, reservoir).unwrap().value, 0.25);
            near(latent_from_hold(0.25, reservoir).unwrap().value, 570_000.0);
        }
    }

    #[test]
    fn fifty_millimetres_of_pur_are_a_quarter_of_a_watt_per_kelvin() {
        let walls = Walls {
            thickness_m: 0.05,
            w_per_m_k: 0.025,
            inside_m2: 0.325,
            outside_m2: 0.665,
            film_w_per_m2_k: 8.0,
            seams: 0.15,
        };
        near(walls.ua().unwrap().value, 0.256);
        assert!(Walls { inside_m2: 0.0, ..walls }.ua().is_err());
    }

    #[test]
    fn a_reading_and_an_opening_give_offset_and_lid() {
        near(offset_from_reading(5.0, 30.0, 7.0).unwrap().value, 0.08);
        let p7 = PackOut::p7();
        let after_c = 30.0 - 23.0 * p7.opening_keeps();
        let lid = lid_from_opening(3000.0, Seconds(60), 30.0, (7.0, after_c)).unwrap();
        near(lid.value, 2.0);
        assert_eq!(lid.status, Status::Derived);
    }

    #[test]
    fn a_test_that_tells_nothing_is_a_fault() {
        let hold = Seconds::hours(10);
        assert!(
            kelvin_hours(5.0, 5.0, hold).is_err() && kelvin_hours(5.0, 30.0, Seconds(0)).is_err()
        );
        let never = LifeTest { end_c: 50.0, ..LifeTest::cold_life(0.0, hold) };
        let fault = ua_from_life(&PackOut::c25(), never).unwrap_err();
        assert_eq!(fault.faults()[0].field_name(), "end_c");
        assert!(offset_from_reading(5.0, 30.0, 4.0).is_err());
        assert!(lid_from_opening(3000.0, Seconds(60), 30.0, (7.0, 6.0)).is_err());
    }
}
