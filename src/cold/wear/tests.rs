//! Swings of a day, barred hours, and the table beside the exposure of the same day.

use super::*;
use crate::cold::{Ambient, Exposure, ExposureLeg};
use crate::rng::Rng;

const SHIFT: (Time, Time) = (Time(6 * 3600), Time(18 * 3600));

fn by_hour(packout: &PackOut, way: Conditioning, hours: &[f64]) -> (HoldTerms, Option<Wear>) {
    let class = ProductClass::by_code("CN_COLD_2_8").unwrap();
    let weather = Weather::hourly(0, hours).unwrap();
    hold_by_hour(packout, way, &class, &weather, SHIFT).unwrap()
}

fn stay(closed: Time, out: Time, lost: Seconds) -> Stay {
    Stay { closed, out, lost, air: AirShift::NONE }
}

fn used(wear: &Wear, closed: Time, out: Time) -> Seconds {
    wear.used(stay(closed, out, Seconds::ZERO))
}

/// `-10 - 10 cos(2 pi (t - 4) / 24)` °C.
fn winter() -> Vec<f64> {
    let air = |hour: i64| {
        let turn = std::f64::consts::TAU * (Seconds(hour).as_f64() - 4.0) / 24.0;
        -10.0 - 10.0 * turn.cos()
    };
    (0..25).map(air).collect()
}

#[test]
fn t12_a_day_s_swing_uses_half_of_what_its_coldest_hour_would() {
    let (terms, wear) = by_hour(&PackOut::p7(), Conditioning::Liquid, &winter());
    let wear = wear.unwrap();
    let used = used(&wear, SHIFT.0, SHIFT.1);
    // Its coldest air, at 6, is -18.66 °C. -141.80 K h of air over 12 h: with the plateau at 5 °C.
    let kelvin_hours = used.as_f64() / 3600.0 * (5.0 + 18.66);
    assert!((141.8..149.0).contains(&kelvin_hours), "{kelvin_hours}");
    let worst = by_hour(&PackOut::p7(), Conditioning::Liquid, &[-18.66; 25]);
    assert!((terms.hold - worst.0.hold).0.abs() < 60);
    assert_eq!(worst.1, None, "air that stays as it is needs no table");
}

#[test]
fn what_is_used_from_a_moment_and_what_is_left_until_one_agree() {
    let (_, wear) = by_hour(&PackOut::p7(), Conditioning::Liquid, &winter());
    let wear = wear.unwrap();
    let mut rng = Rng::new(6, 6);
    let mut up_to = |most: u32| i64::from(rng.next_u32() % most);
    for _ in 0..20_000 {
        let from = Time(up_to(100_000) - 5_000);
        let (until, most) = (from + Seconds(up_to(50_000)), Seconds(2_000 + up_to(30_000)));
        let lost = Seconds(up_to(2_000));
        let used = |closed, out| wear.used(stay(closed, out, lost));
        assert!(used(from, until) <= until - from + lost);
        let earliest = wear.from(stay(from, until, lost), most);
        assert!(used(earliest, until) <= most);
        assert!(used(earliest - Seconds(1), until) > most);
        let latest = wear.until(stay(from, until, lost), most);
        assert!(used(from, latest) <= most);
        assert!(used(from, latest + Seconds(1)) > most);
    }
    let (dawn, many) = (Time::at(8, 0), Seconds(10_000));
    assert!(wear.from(stay(dawn, dawn, many), Seconds(10)) > dawn, "openings alone are too many");
    assert_eq!(wear.until(stay(dawn, dawn, many), Seconds(10)), dawn);
}

#[test]
fn hours_a_box_is_not_qualified_for_are_barred_and_the_others_are_not() {
    let band = Ambient { low: MilliCelsius(-15_000), high: MilliCelsius(30_000) };
    let p7 = PackOut { qualified: Some(band), ..PackOut::p7() };
    let (terms, wear) = by_hour(&p7, Conditioning::Liquid, &winter());
    let wear = wear.unwrap();
    let (dawn, noon) = (Time::at(7, 0), Time::at(12, 0));
    let unfit = wear.unfit_in(stay(dawn, noon, Seconds::ZERO));
    assert!(matches!(unfit, Some(Unfit::OutsideQualifiedAmbient { .. })), "{unfit:?}");
    assert!(used(&wear, dawn, noon) > terms.hold);
    assert_eq!(wear.unfit_in(stay(noon, Time::at(16, 0), Seconds::ZERO)), None);
    assert!(used(&wear, noon, Time::at(16, 0)) < Seconds::hours(4));
}

#[test]
fn a_box_that_needs_no_ice_is_barred_from_hours_it_is_unfit_for() {
    // Frozen in 3 °C it holds for ever, and in a frosty morning not at all.
    let hours: Vec<f64> = (0..25).map(|hour| if hour < 9 { -10.0 } else { 3.0 }).collect();
    let (terms, wear) = by_hour(&PackOut::p7(), Conditioning::Frozen, &hours);
    let used = |from, until| used(wear.as_ref().unwrap(), Time::at(from, 0), Time::at(until, 0));
    assert!(used(8, 9) > terms.hold);
    assert_eq!(used(11, 18), Seconds::ZERO);
}

#[test]
fn mild_hours_count_for_a_box_that_later_needs_its_ice() {
    // 7 °C harms nothing, but it melts what 30 °C will need.
    let hours: Vec<f64> = (0..25).map(|hour| if hour < 12 { 7.0 } else { 30.0 }).collect();
    let (_, wear) = by_hour(&PackOut::p7(), Conditioning::Frozen, &hours);
    let morning = used(&wear.unwrap(), Time::at(7, 0), Time::at(10, 0));
    // Two of 25 kelvins, rounded up to thousandths.
    assert!((864..=875).contains(&morning.0), "{morning:?}");
}

/// What a stay would use if nothing were ever given back.
fn unsigned(wear: &Wear, stay: Stay) -> i64 {
    let (from, until) = (wear.past(stay.closed), wear.past(stay.out));
    let second = |at: i64| {
        let cell = usize::try_from(at.div_euclid(CELL_S)).unwrap();
        wear.warm.rates()[cell].max(wear.cold.rates()[cell]).max(0)
    };
    let hours: i64 = (from..until).map(second).sum();
    (hours + stay.lost.0 * wear.peak.most(from, until).unwrap() + FULL - 1) / FULL
}

#[test]
fn what_warm_hours_give_back_counts_against_what_frost_took() {
    let small = PackOut { latent_j: 240_000.0, ..PackOut::p7() };
    // Three hours of -13 °C, three of 22 °C, in turn.
    let hours: Vec<f64> = (0..25).map(|hour| if hour % 6 < 3 { -13.0 } else { 22.0 }).collect();
    let (terms, wear) = by_hour(&small, Conditioning::Half, &hours);
    let wear = wear.unwrap();
    let (closed, out) = SHIFT;
    let all = unsigned(&wear, stay(closed, out, Seconds::ZERO));
    assert!(all > terms.hold.0, "each side by itself is more than the box has");
    let day = used(&wear, closed, out);
    assert!(day <= terms.hold && 2 * day.0 < all, "{day:?} {all} of {:?}", terms.hold);
}

#[test]
fn what_was_given_back_before_is_no_store() {
    // Liquid already, two mild hours melt nothing more: the frost after them counts in full.
    let hours: Vec<f64> = (0..25).map(|hour| if hour < 10 { 7.9 } else { -20.0 }).collect();
    let (_, wear) = by_hour(&PackOut::p7(), Conditioning::Liquid, &hours);
    let wear = wear.unwrap();
    let out = Time::at(14, 0);
    assert_eq!(used(&wear, Time::at(7, 0), out), used(&wear, Time::at(9, 0), out));
}

#[test]
fn openings_in_mild_air_take_less_off() {
    let (_, wear) = by_hour(&PackOut::p7(), Conditioning::Liquid, &winter());
    let (wear, lost) = (wear.unwrap(), Seconds(480));
    let opened = |hour: i64| {
        let (closed, out) = (Time::at(hour, 5), Time::at(hour, 10));
        (wear.used(stay(closed, out, lost)) - used(&wear, closed, out)).0
    };
    // At 6 °C from the plateau of 5 °C one of 23.7 K, at 15 of about 6: never less than its share.
    assert_eq!(opened(6), 480);
    let share = (5.0 - 0.4) / 23.66;
    assert!((480.0 * share..150.0).contains(&Seconds(opened(15)).as_f64()), "{}", opened(15));
}

#[test]
fn a_lid_goes_by_the_air_of_its_quarter() {
    let (terms, wear) = by_hour(&PackOut::p7(), Conditioning::Liquid, &winter());
    let wear = wear.unwrap();
    let at = |hour| wear.lid(terms.lid, Time::at(hour, 7), AirShift::NONE).jump_share();
    assert!((at(6) - terms.lid.jump_share()).abs() < 0.03);
    // From rest in the worst air towards -0.7 °C instead of -18.7 °C.
    assert!(at(15) < 0.25 * at(6), "{} {}", at(15), at(6));
    let mildest = wear.mildest_jump((Time::at(6, 0), Time::at(18, 0)));
    assert!(
        (6..18).all(|hour| wear.lid(terms.lid, Time::at(hour, 30), AirShift::NONE).jump >= mildest)
    );
    assert_eq!(
        wear.lid(terms.lid, Time::at(30, 0), AirShift::NONE),
        terms.lid,
        "beyond the table as in the worst air"
    );
    assert_eq!(wear.mildest_jump((Time(-9_999_999), Time(9_999_999))), mildest);
}

/// The legs of a stay, quarter by quarter, with some openings at the end of some of them.
fn legs(
    weather: &Weather,
    (closed, out, air): (Time, Time, AirShift),
    mut openings: impl FnMut() -> u32,
) -> Vec<ExposureLeg> {
    let (mut now, mut legs) = (closed, Vec::new());
    while now < out {
        let end = Time((now.0.div_euclid(CELL_S) + 1) * CELL_S).min(out);
        let (low, high) = air.of(weather.range(now, end).unwrap());
        let (low_c, high_c) = (low.degrees(), high.degrees());
        legs.push(ExposureLeg { seconds: end - now, low_c, high_c, openings: openings() });
        now = end;
    }
    legs
}

/// On days that are cold at dawn and warm at noon: what the table lets through, the exposure of the same
/// legs lets through. Beside it, by the table's own figures: how many stays the running sums of the
/// exposure allow (from the closing, both ways), the table, and the table if nothing were given back.
#[test]
fn t23_what_the_table_allows_the_signed_exposure_allows() {
    let class = ProductClass::by_code("CN_COLD_2_8").unwrap();
    let mut rng = Rng::new(23, 5);
    let (mut sums, mut table, mut without, mut exposure) = (0, 0, 0, 0);
    let mut elsewhere = 0;
    for _ in 0..6_000 {
        let packout = PackOut {
            latent_j: 6e4 + 3e5 * rng.unit(),
            ua_w_per_k: 0.15 + 0.3 * rng.unit(),
            payload_j_per_k: 300.0 + 2_000.0 * rng.unit(),
            ..PackOut::p7()
        };
        let (melted, middle, swing) = (0.2 + 0.6 * rng.unit(), 14.0 * rng.unit() - 2.0, rng.unit());
        let air = |hour: i32| middle + (8.0 + 14.0 * swing) * (f64::from(hour - 10) / 3.8).sin();
        let hours: Vec<f64> = (0..25).map(air).collect();
        let weather = Weather::hourly(0, &hours).unwrap();
        let way = Conditioning::Melted(melted);
        // On every other day the way leads up and down.
        let up_to = |rng: &mut Rng| 600.0 * rng.unit();
        let (down, up) = (up_to(&mut rng), up_to(&mut rng));
        let (least, most) = (-down * rng.unit(), up * rng.unit());
        let anywhere = rng.chance(1, 2).then(|| AirShift::between(-down, up));
        let air = anywhere.map_or(AirShift::NONE, |_| AirShift::between(least, most));
        let held = hold_by_place(&packout, way, &class, (&weather, anywhere), SHIFT);
        let Ok((terms, Some(wear))) = held else { continue };
        let worst = weather.range(SHIFT.0, SHIFT.1).unwrap();
        let both = sides(&packout, way, &class, anywhere.unwrap_or_default().of(worst));
        if both.warm.is_none() || both.cold.is_none() || wear.unfit.is_some() {
            continue;
        }
        let closed = SHIFT.0 + Seconds(i64::from(rng.next_u32() % 10_000));
        let out = closed + Seconds(i64::from(rng.next_u32() % 32_000));
        let legs = legs(&weather, (closed, out, air), || u32::from(rng.chance(1, 12)));
        let opened: i64 = legs.iter().map(|leg| i64::from(leg.openings)).sum();
        let day = legs
            .iter()
            .fold(Exposure::default(), |day, &leg| day.then(Exposure::of(&packout, leg)));
        let stay = Stay { closed, out, lost: terms.opening * opened, air };
        let (fits, is_let) = (day.fits(&packout, melted, 6.0), wear.used(stay) <= terms.hold);
        assert!(!is_let || fits, "{packout:?} {melted} {hours:?} {stay:?}");
        if anywhere.is_some() {
            elsewhere += u32::from(is_let);
            continue;
        }
        let peak = wear.peak.most(wear.past(closed), wear.past(out)).unwrap();
        let highest = [&wear.warm, &wear.cold].map(|side| {
            let (mut sum, mut highest) = (0, 0);
            for at in wear.past(closed)..wear.past(out) {
                sum += side.rates()[usize::try_from(at / CELL_S).unwrap()];
                highest = highest.max(sum);
            }
            highest
        });
        let running = highest[0].max(highest[1]) + stay.lost.0 * peak;
        sums += u32::from(running <= terms.hold.0 * FULL);
        table += u32::from(is_let);
        without += u32::from(unsigned(&wear, stay) <= terms.hold.0);
        exposure += u32::from(fits);
    }
    assert!(without < table && table <= sums && sums <= exposure);
    // The rest is what the air gives before anything was used, and the reserve of two hours.
    assert!(elsewhere > 500, "{elsewhere} days on hills are let through");
    assert!(sums > 1_000 && f64::from(table) > 0.9 * f64::from(sums), "{table} of {sums}");
}

#[test]
fn a_stay_on_a_pass_uses_more_than_one_in_the_valley() {
    let class = ProductClass::by_code("CN_COLD_2_8").unwrap();
    let weather = Weather::constant(-8.0).unwrap();
    let anywhere = AirShift::between(0.0, 2000.0);
    let place = (&weather, Some(anywhere));
    let (terms, wear) =
        hold_by_place(&PackOut::p7(), Conditioning::Liquid, &class, place, SHIFT).unwrap();
    let wear = wear.unwrap();
    let at = |metres: f64| {
        let (closed, out) = (Time::at(8, 0), Time::at(12, 0));
        let stay = Stay { closed, out, lost: Seconds(480), air: AirShift::between(0.0, metres) };
        (wear.used(stay).as_f64(), wear.lid(terms.lid, out, stay.air).jump_share())
    };
    // 13 K from the plateau in the valley, 26 K on the pass of the worst: its hold counts in full.
    let (valley, pass) = (at(0.0), at(2000.0));
    assert!((pass.0 - (4.0 * 3600.0 + 480.0)).abs() < 30.0, "{pass:?}");
    assert!((valley.0 / pass.0 - 0.5).abs() < 0.01, "{valley:?}");
    assert!(valley.1 < 0.6 * pass.1 && (pass.1 - terms.lid.jump_share()).abs() < 1e-5);
    let frost = hold(
        &PackOut::p7(),
        Conditioning::Liquid,
        &class,
        MilliCelsius(-21_000),
        MilliCelsius(-8_000),
    );
    assert_eq!(terms, frost.unwrap(), "the terms are those of the worst place");
}

#[test]
fn a_place_whose_air_a_box_does_not_stand_is_barred_and_the_others_are_not() {
    let class = ProductClass::by_code("CN_COLD_2_8").unwrap();
    let band = Ambient { low: MilliCelsius(-15_000), high: MilliCelsius(30_000) };
    let p7 = PackOut { qualified: Some(band), ..PackOut::p7() };
    let weather = Weather::constant(-8.0).unwrap();
    let place = (&weather, Some(AirShift::between(-500.0, 2000.0)));
    let (terms, wear) = hold_by_place(&p7, Conditioning::Liquid, &class, place, SHIFT).unwrap();
    let wear = wear.unwrap();
    let at = |metres: f64| {
        let (closed, out) = (Time::at(8, 0), Time::at(12, 0));
        Stay { closed, out, lost: Seconds::ZERO, air: AirShift::between(0.0, metres) }
    };
    assert!(wear.used(at(1_076.0)) <= terms.hold);
    assert_eq!(wear.unfit_in(at(1_076.0)), None);
    assert!(wear.used(at(1_078.0)) > terms.hold);
    let unfit = wear.unfit_in(at(1_078.0));
    assert!(matches!(unfit, Some(Unfit::OutsideQualifiedAmbient { .. })), "{unfit:?}");
    assert!(wear.until(at(1_078.0), terms.hold) == Time::at(8, 0));
}
