//! Worked holds, seasons that are refused, and what keeps goods without coolant.

use super::*;
use crate::cold::{Ambient, Compartment, Packed, Status, Step, UnitRoom, simulate};

fn terms(
    box_: &PackOut,
    conditioning: Conditioning,
    low: f64,
    high: f64,
) -> Result<HoldTerms, Unfit> {
    let class = ProductClass::by_code("CN_COLD_2_8").unwrap();
    let (low, high) = (MilliCelsius::celsius(low), MilliCelsius::celsius(high));
    hold(box_, conditioning, &class, low, high)
}

#[test]
fn t04_t05_thirty_above_and_twenty_below_are_the_same_25_kelvin() {
    let p7 = PackOut::p7();
    let summer = terms(&p7, Conditioning::Frozen, 30.0, 30.0).unwrap();
    let winter = terms(&p7, Conditioning::Liquid, -20.0, -20.0).unwrap();
    // (0.8 * 570 000 J - 3000 J/K * 0.92 * 6 K) / (0.25 W/K * 25 K), rounded down.
    assert_eq!(summer.hold, Seconds(70_310));
    assert_eq!(winter, summer);
    assert_eq!(summer.opening, Seconds(480));
    // The worked days use 8 h and 10 openings, 7 h and 12 openings: both are allowed.
    assert!(Seconds::hours(8) + summer.opening * 10 <= summer.hold);
    assert!(Seconds::hours(7) + winter.opening * 12 <= winter.hold);
}

#[test]
fn t06_the_wrong_season_is_refused() {
    let p7 = PackOut::p7();
    for (conditioning, ambient_c) in [(Conditioning::Frozen, -20.0), (Conditioning::Liquid, 30.0)] {
        let unfit = terms(&p7, conditioning, ambient_c, ambient_c).unwrap_err();
        assert!(matches!(unfit, Unfit::WrongConditioning { .. }), "{unfit}");
    }
}

#[test]
fn t06_the_weather_decides_the_conditioning() {
    let class = ProductClass::by_code("CN_COLD_2_8").unwrap();
    let decided = |packout: &PackOut, low: f64, high: f64| {
        condition(packout, &class, MilliCelsius::celsius(low), MilliCelsius::celsius(high))
    };
    let p7 = PackOut::p7();
    for (low, high, expected) in [
        (20.0, 35.0, Conditioning::Frozen),
        (-20.0, -5.0, Conditioning::Liquid),
        (-10.0, 18.0, Conditioning::Half),
    ] {
        let (found, kept) = decided(&p7, low, high);
        assert_eq!(found, expected);
        assert!(kept.is_ok());
        assert_eq!(kept, terms(&p7, found, low, high));
    }
    let (usual, unfit) = decided(&PackOut::v7(), -25.0, -15.0);
    assert_eq!(usual, Conditioning::Liquid);
    assert!(matches!(unfit, Err(Unfit::TooCold { .. })));
}

#[test]
fn t15_a_water_carrier_is_refused_in_frost() {
    let unfit = terms(&PackOut::v7(), Conditioning::Liquid, -20.0, -20.0).unwrap_err();
    assert!(matches!(unfit, Unfit::TooCold { payload_c } if (payload_c + 3.0).abs() < 1e-9));
    let p7 = PackOut::p7();
    assert!(matches!(terms(&p7, Conditioning::Frozen, 43.0, 43.0), Err(Unfit::TooWarm { .. })));
    assert!(matches!(terms(&p7, Conditioning::Liquid, -33.0, 5.0), Err(Unfit::TooCold { .. })));
}

#[test]
fn the_shorter_of_both_sides_holds() {
    let p7 = PackOut::p7();
    let both = terms(&p7, Conditioning::Half, -20.0, 20.0).unwrap();
    let frost = terms(&p7, Conditioning::Half, -20.0, -20.0).unwrap();
    assert_eq!(both.hold, frost.hold);
    // A heated station within the class range costs a winter pack-out nothing.
    let winter = terms(&p7, Conditioning::Liquid, -20.0, 7.5).unwrap();
    assert_eq!(winter, terms(&p7, Conditioning::Liquid, -20.0, -20.0).unwrap());
    assert_eq!(terms(&p7, Conditioning::Half, 4.0, 6.0).unwrap().hold, Seconds::UNLIMITED);
}

#[test]
fn frost_is_no_hazard_to_what_is_frozen() {
    let eutectic = PackOut { plateau_c: -21.0, ..PackOut::p7() };
    let frozen = ProductClass::by_code("CN_FROZEN").unwrap();
    let at = |c| hold(&eutectic, Conditioning::Frozen, &frozen, c, c);
    assert_eq!(at(MilliCelsius(-40_000)).unwrap().hold, Seconds::UNLIMITED);
    assert!(matches!(at(MilliCelsius(30_000)), Err(Unfit::TooWarm { .. })));
}

#[test]
fn the_qualification_has_the_last_word() {
    let qualified = Ambient { low: MilliCelsius(-25_000), high: MilliCelsius(35_000) };
    let p7 =
        PackOut { hold_max: Some(Seconds::hours(12)), qualified: Some(qualified), ..PackOut::p7() };
    assert_eq!(terms(&p7, Conditioning::Liquid, -20.0, -20.0).unwrap().hold, Seconds::hours(12));
    let unfit = terms(&p7, Conditioning::Liquid, -26.0, -20.0).unwrap_err();
    assert_eq!(unfit, Unfit::OutsideQualifiedAmbient { ambient_c: -26.0 });
}

#[test]
fn openings_need_time_to_recover() {
    let p7 = PackOut::p7();
    // From 8 °C the payload must fall to 7.1 °C before one opening at 30 °C: 883 s * ln(1 / 0.1).
    let summer = terms(&p7, Conditioning::Frozen, 30.0, 30.0).unwrap();
    assert!((1900..2200).contains(&summer.recovery.0), "{summer:?}");
    let frost = terms(&p7, Conditioning::Liquid, -25.0, -25.0).unwrap();
    assert_eq!(frost.recovery, Seconds::UNLIMITED);
}

#[test]
fn t16_melons_in_the_bare_carriage_keep_for_a_share_of_their_time() {
    let class = ProductClass::by_code("PRODUCE_MELON").unwrap();
    let frost = MilliCelsius(-20_000);
    let at = |used: Status| {
        let melons = PackOut { status: used, ..PackOut::melons() };
        hold(&melons, Conditioning::Half, &class, frost, frost).unwrap()
    };
    // 55 714 s ln(30 / (30 - 0.7 x 3)); to 7 °C itself 1.63 h.
    let declared = at(Status::Declared);
    assert!((declared.hold.as_f64() / 4043.0 - 1.0).abs() < 0.001, "{declared:?}");
    assert!(at(Status::Documented).hold > declared.hold);
    assert_eq!((declared.opening, declared.lid), (Seconds::ZERO, LidTerms::NONE));
    let cold = PackOut { plateau_c: 6.0, ..PackOut::melons() };
    let unfit = hold(&cold, Conditioning::Half, &class, frost, frost).unwrap_err();
    assert!(matches!(unfit, Unfit::TooCold { .. }));
}

#[test]
fn without_coolant_openings_count_as_seconds_exactly() {
    let crate_ = PackOut {
        lid_w_per_k: 3.0,
        opening: Seconds(40),
        status: Status::Documented,
        ..PackOut::without_coolant("crate", 0.3, 20_000.0, 4.0)
    };
    let kept = terms(&crate_, Conditioning::Half, 30.0, 30.0).unwrap();
    assert_eq!(kept.opening, Seconds(400));
    // Five openings and the rest of the hold lead to four fifths of the way, whatever their order.
    let left = kept.hold - kept.opening * 5;
    let class = ProductClass::by_code("CN_COLD_2_8").unwrap();
    for first in [0, 900, left.0] {
        let steps = [(first, 5), (left.0 - first, 0)].map(|(seconds, openings_after)| Step {
            seconds: Seconds(seconds),
            ambient_c: 30.0,
            openings_after,
        });
        let conditioning = Conditioning::Half;
        let packed = Packed { packout: &crate_, conditioning, class: &class, payload_c: 4.0 };
        let end_c = simulate(&packed, &steps).unwrap().steps[1].payload_end_c;
        assert!((end_c - 7.2).abs() < 0.002, "{end_c}");
    }
}

#[test]
fn a_compartment_holds_as_long_as_its_unit_is_strong_enough() {
    let room = |unit_w: f64| {
        let body = Compartment { unit_w, ..Compartment::tricycle(5.0) };
        let lag = Seconds::hours(2);
        let room = UnitRoom { body, band_k: 1.5, lag, open: Seconds(30) };
        PackOut::kept_by("room", room, crate::units::Millilitres(9_000))
    };
    let kept = terms(&room(500.0), Conditioning::Half, -20.0, 35.0).unwrap();
    assert_eq!((kept.hold, kept.opening), (Seconds::UNLIMITED, Seconds::ZERO));
    assert!(kept.lid.jump_share() > 0.1 && kept.lid.lag == Seconds::hours(2), "{kept:?}");
    // 70 W keep 25 K of difference; 35 °C ask for 28.5 K from the edge of the band.
    let unfit = terms(&room(70.0), Conditioning::Half, 5.0, 35.0).unwrap_err();
    assert!(matches!(unfit, Unfit::TooWarm { .. }), "{unfit}");
}

#[test]
fn an_impossible_box_is_refused() {
    let bad = PackOut { latent_j: f64::NAN, ..PackOut::p7() };
    assert_eq!(terms(&bad, Conditioning::Frozen, 30.0, 30.0), Err(Unfit::Impossible));
    let share = Conditioning::Melted(f64::NAN);
    assert_eq!(terms(&PackOut::p7(), share, 30.0, 30.0), Err(Unfit::Impossible));
    let little = PackOut { latent_j: 75_000.0, ..PackOut::p7() };
    let unfit = terms(&little, Conditioning::Frozen, 40.0, 40.0).unwrap_err();
    assert!(matches!(unfit, Unfit::TooShort { .. }), "{unfit}");
}
