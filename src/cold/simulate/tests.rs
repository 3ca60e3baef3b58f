//! The worked devices and days, and the promise that the search's hold is never too long.

use proptest::prelude::*;

use super::*;
use crate::cold::hold;

fn medicine() -> ProductClass {
    ProductClass::by_code("CN_COLD_2_8").unwrap()
}

/// Payload and coolant at one temperature, as in a cold-life test.
fn no_offset(packout: PackOut) -> PackOut {
    PackOut { payload_offset: 1e-7, ..packout }
}

fn class(low_c: f64, high_c: f64) -> ProductClass {
    let (low, high) = (MilliCelsius::celsius(low_c), MilliCelsius::celsius(high_c));
    ProductClass { low: Some(low), high: Some(high), ..medicine() }
}

fn step(ambient_c: f64, minutes: i64, openings_after: u32) -> Step {
    Step { seconds: Seconds::minutes(minutes), ambient_c, openings_after }
}

fn run(packout: &PackOut, melted: f64, class: &ProductClass, steps: &[Step]) -> Trace {
    let conditioning = Conditioning::Melted(melted);
    simulate(&Packed { packout, conditioning, class, payload_c: 5.0 }, steps).unwrap()
}

fn check_hours(at: Option<Seconds>, hours: f64) {
    let found = at.unwrap().as_f64() / 3600.0;
    assert!((found / hours - 1.0).abs() < 0.005, "found {found} h, expected {hours} h");
}

fn check(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < 0.005, "found {found}, expected {expected}");
}

#[test]
fn t06_the_summer_pack_out_freezes_its_payload_in_winter() {
    let (p7, week) = (no_offset(PackOut::p7()), [step(-20.0, 420, 0)]);
    let trace = run(&p7, 0.0, &medicine(), &week);
    check_hours(trace.out_of_range_at(), 1.278);
    check_hours(run(&p7, 0.0, &class(0.0, 8.0), &week).too_cold_at, 2.231);
    check(trace.steps[0].payload_end_c, -7.585);
    let real = run(&PackOut::p7(), 0.0, &medicine(), &week);
    assert!(real.out_of_range_at() < trace.out_of_range_at(), "the offset only makes it worse");
}

#[test]
fn t07_the_plateau_ends_and_the_payload_warms() {
    let trace = run(&no_offset(PackOut::p7()), 0.0, &medicine(), &[step(30.0, 1800, 0)]);
    check_hours(trace.plateau_left_at, 25.333);
    check_hours(trace.too_warm_at, 26.612);
    check(trace.steps[0].payload_end_c, 14.323);
}

#[test]
fn t08_a_half_melted_box_serves_both_sides() {
    let day = [step(20.0, 60, 0), step(-20.0, 300, 0), step(20.0, 60, 0)];
    let trace = run(&no_offset(PackOut::p7()), 0.5, &medicine(), &day);
    check(trace.steps[0].coolant_j - 285_000.0, 13_500.0);
    check(trace.steps[1].coolant_j - 285_000.0, -99_000.0);
    check(trace.coolant_end_j, 199_500.0);
    assert!(trace.is_in_range());
}

#[test]
fn t10_a_winter_day_with_openings() {
    let day = [
        step(20.0, 30, 0),
        step(-20.0, 90, 1),
        step(-20.0, 60, 1),
        step(-10.0, 120, 1),
        step(-20.0, 150, 0),
    ];
    let trace = run(&PackOut::p7(), 0.9, &medicine(), &day);
    check(PackOut::p7().payload_lag_s(), 883.2);
    check(trace.payload_min_c, 2.0836);
    check(trace.payload_max_c, 6.0437);
    check(trace.coolant_end_j, 379_299.0);
    check(trace.kinetic_mean.celsius().unwrap(), 3.455);
    assert!(372_450.0 <= trace.coolant_end_j, "the quasi-steady bound is on the safe side");
    assert!(trace.is_in_range());
}

#[test]
fn t11_a_summer_day_with_ten_openings() {
    let trace = run(&PackOut::p7(), 0.0, &medicine(), &[step(30.0, 48, 1); 10]);
    check(trace.coolant_end_j, 196_760.0);
    check(trace.payload_max_c, 7.936);
    check(trace.kinetic_mean.celsius().unwrap(), 7.195);
    assert!(trace.is_in_range() && trace.coolant_end_j <= 210_000.0);
    assert_eq!((trace.openings, trace.elapsed), (10, Seconds::hours(8)));
}

/// Hours until the payload passes `limit_c`, packs and payload starting at `start_c`.
fn life(packout: PackOut, start_c: f64, ambient_c: f64, limit_c: f64) -> Option<Seconds> {
    let packout = no_offset(packout);
    let sensible = packout.liquid_j_per_k - packout.payload_j_per_k;
    let warm = start_c - packout.plateau_c;
    let coolant_j = if warm > 0.0 { packout.latent_j + warm * sensible } else { 0.0 };
    let range = if ambient_c > limit_c { class(-90.0, limit_c) } else { class(limit_c, 90.0) };
    let start = State { coolant_j, payload_c: start_c };
    let hours = [step(ambient_c, 12_000, 0)];
    Walk::from(&packout, &range, start).through(&hours).out_of_range_at()
}

#[test]
fn t13_t14_cold_life_and_warm_life_of_the_water_boxes() {
    for (start_c, ambient_c, limit_c, hours) in [
        (0.0, 43.0, 10.0, 32.44),
        (0.0, 30.0, 8.0, 45.24),
        (18.0, -20.0, 0.01, 11.69),
        (5.0, -20.0, 2.0, 2.329),
        (5.0, -20.0, 0.001, 4.065),
    ] {
        check_hours(life(PackOut::v7(), start_c, ambient_c, limit_c), hours);
    }
    check_hours(life(PackOut::c25(), 0.0, 43.0, 10.0), 96.0);
    check_hours(life(PackOut::c25(), 0.0, 30.0, 8.0), 134.02);
    check_hours(life(PackOut::c25(), 18.0, -20.0, 0.01), 33.20);
}

#[test]
fn t15_a_water_carrier_freezes_its_payload_while_ice_remains() {
    let trace = run(&PackOut::v7(), 0.5, &medicine(), &[step(-20.0, 600, 0)]);
    check(trace.steps[0].payload_end_c, -3.0);
    assert!(trace.too_cold_at.is_some() && trace.coolant_end_j > 0.0);
}

#[test]
fn bad_input_is_a_fault_for_each_number() {
    let p7 = PackOut { ua_w_per_k: f64::NAN, ..PackOut::p7() };
    let (conditioning, class) = (Conditioning::Melted(2.0), medicine());
    let packed = Packed { packout: &p7, conditioning, class: &class, payload_c: f64::INFINITY };
    let bad = Step { seconds: Seconds(-1), ambient_c: f64::NAN, openings_after: u32::MAX };
    let faults = simulate(&packed, &[bad]).unwrap_err();
    assert_eq!(faults.faults().len(), 6);
    let trace = run(&PackOut::p7(), 0.0, &medicine(), &[]);
    assert!(trace.steps.is_empty() && trace.is_in_range());
}

/// The two equations, `C_p dT_p/dt = UA_w (T_e - T_p) + UA_p (T_c - T_p)` and `dH/dt = UA_p (T_p - T_c)`
/// with the coolant's temperature by its enthalpy, in small steps of a fourth-order Runge-Kutta
/// method: the plain oracle.
fn integrated(packout: &PackOut, state: State, ambient_c: f64, seconds: f64) -> State {
    let r = packout.payload_offset;
    let (wall, pack) = (packout.ua_w_per_k / (1.0 - r), packout.ua_w_per_k / r);
    let payload = packout.payload_j_per_k;
    let (solid, liquid) = (packout.solid_j_per_k - payload, packout.liquid_j_per_k - payload);
    let slope = |State { coolant_j, payload_c }: State| {
        let coolant_c = packout.plateau_c
            + coolant_j.min(0.0) / solid
            + (coolant_j - packout.latent_j).max(0.0) / liquid;
        let in_w = pack * (payload_c - coolant_c);
        let wall_w = wall * (ambient_c - payload_c);
        State { coolant_j: in_w, payload_c: (wall_w - in_w) / payload }
    };
    let along = |state: State, slope: State, dt: f64| State {
        coolant_j: state.coolant_j + dt * slope.coolant_j,
        payload_c: state.payload_c + dt * slope.payload_c,
    };
    // A tenth of the fastest time constant.
    let fastest = (wall + pack) / payload + pack / solid.min(liquid);
    let count = (seconds * fastest * 10.0).ceil().max(1.0);
    let dt = seconds / count;
    let (mut state, mut done) = (state, 0.5);
    while done < count {
        let one = slope(state);
        let two = slope(along(state, one, 0.5 * dt));
        let three = slope(along(state, two, 0.5 * dt));
        let four = slope(along(state, three, dt));
        let mean = |a: f64, b: f64, c: f64, d: f64| (a + 2.0 * (b + c) + d) / 6.0;
        let mean = State {
            coolant_j: mean(one.coolant_j, two.coolant_j, three.coolant_j, four.coolant_j),
            payload_c: mean(one.payload_c, two.payload_c, three.payload_c, four.payload_c),
        };
        state = along(state, mean, dt);
        done += 1.0;
    }
    state
}

/// A random day of a random box, both ways; the largest difference of the payload, K, and whether
/// the box left its plateau.
fn differs(seed: u64) -> (f64, bool) {
    let mut rng = crate::rng::Rng::new(seed, 8);
    let mut up_to = |least: f64, most: f64| least + (most - least) * rng.unit();
    let (payload, coolant) = (up_to(300.0, 20_000.0), up_to(500.0, 50_000.0));
    let packout = PackOut {
        ua_w_per_k: up_to(0.05, 2.0),
        payload_offset: up_to(0.02, 0.3),
        plateau_c: up_to(-2.0, 7.0),
        latent_j: up_to(2e4, 1.5e6),
        payload_j_per_k: payload,
        solid_j_per_k: payload + coolant,
        liquid_j_per_k: payload + 1.5 * coolant,
        lid_w_per_k: up_to(0.1, 6.0),
        opening: Seconds::round(up_to(0.0, 120.0)),
        ..PackOut::p7()
    };
    let (melted, payload_c) = (up_to(0.0, 1.0), up_to(-3.0, 12.0));
    let steps: Vec<Step> = (0..6)
        .map(|_| Step {
            seconds: Seconds::round(up_to(0.0, 9_000.0)),
            ambient_c: up_to(-35.0, 45.0),
            openings_after: u32::from(up_to(0.0, 1.0) > 0.4),
        })
        .collect();
    let trace = {
        let (conditioning, class) = (Conditioning::Melted(melted), medicine());
        let packed = Packed { packout: &packout, conditioning, class: &class, payload_c };
        simulate(&packed, &steps).unwrap()
    };
    let mut state = State { coolant_j: melted * packout.latent_j, payload_c };
    let mut most: f64 = 0.0;
    for (step, found) in steps.iter().zip(&trace.steps) {
        state = integrated(&packout, state, step.ambient_c, step.seconds.as_f64());
        for _ in 0..step.openings_after {
            let lead_k = state.payload_c - step.ambient_c;
            state.payload_c = step.ambient_c + lead_k * packout.opening_keeps();
        }
        most = most.max((state.payload_c - found.payload_end_c).abs());
    }
    (most, trace.plateau_left_at.is_some())
}

#[test]
fn t23_the_closed_forms_are_the_integrated_equations_on_ten_thousand_days() {
    let (mut most, mut left): (f64, u32) = (0.0, 0);
    for seed in 0..10_000 {
        let (difference, is_left) = differs(seed);
        assert!(difference < 0.05, "seed {seed}: {difference} K");
        most = most.max(difference);
        left += u32::from(is_left);
    }
    assert!((1000..9000).contains(&left), "{left} days leave the plateau; at most {most} K");
}

/// Without coolant: the one equation `C_p dT_p/dt = UA (T_e - T_p)` in steps of a second, openings as they
/// are; the largest difference, K.
fn drift_differs(seed: u64) -> f64 {
    let mut rng = crate::rng::Rng::new(seed, 9);
    let mut up_to = |least: f64, most: f64| least + (most - least) * rng.unit();
    let bare = PackOut::without_coolant("b", up_to(0.05, 2.0), up_to(500.0, 50_000.0), 5.0);
    let pack_out = PackOut {
        lid_w_per_k: up_to(0.0, 6.0),
        opening: Seconds::round(up_to(0.0, 120.0)),
        ..bare
    };
    let rate = pack_out.ua_w_per_k / pack_out.payload_j_per_k;
    let open = pack_out.lid_w_per_k / pack_out.payload_j_per_k;
    let steps: Vec<Step> =
        (0..4).map(|_| step(up_to(-35.0, 45.0), Seconds::round(up_to(1.0, 90.0)).0, 1)).collect();
    let trace = run(&pack_out, 0.0, &medicine(), &steps);
    let (mut payload_c, mut most): (f64, f64) = (5.0, 0.0);
    for (step, told) in steps.iter().zip(&trace.steps) {
        for _ in 0..step.seconds.0 {
            payload_c += rate * (step.ambient_c - payload_c) * (1.0 - 0.5 * rate);
        }
        let parts = 100 * pack_out.opening.0;
        for _ in 0..parts {
            payload_c += 0.01 * open * (step.ambient_c - payload_c);
        }
        most = most.max((payload_c - told.payload_end_c).abs());
    }
    most
}

#[test]
fn t23_without_coolant_too_the_walk_is_the_integrated_equation() {
    for seed in 0..500 {
        let difference = drift_differs(seed);
        assert!(difference < 0.05, "seed {seed}: {difference} K");
    }
}

prop_compose! {
    /// Boxes around P7, of any plausible size.
    fn boxes()(
        ua in 0.05..2.0f64, offset in 0.005..0.3f64, plateau_c in 3.0..7.0f64,
        latent in 5e4..5e6f64, payload in 100.0..20_000.0f64, coolant in 500.0..50_000.0f64,
        lid in 0.1..6.0f64, opening in 0..120i64,
    ) -> PackOut {
        PackOut {
            ua_w_per_k: ua, payload_offset: offset, plateau_c, latent_j: latent,
            payload_j_per_k: payload, solid_j_per_k: payload + coolant,
            liquid_j_per_k: payload + 1.5 * coolant, lid_w_per_k: lid,
            opening: Seconds(opening), ..PackOut::p7()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_the_hold_allows_stays_in_range(
        packout in boxes(), melted in 0.0..=1.0f64, ambient_c in -35.0..45.0f64,
        payload_c in 2.0..=8.0f64, openings in 0..12i64, spread in 0.0..1.0f64,
    ) {
        let ambient = MilliCelsius::celsius(ambient_c);
        let conditioning = Conditioning::Melted(melted);
        let terms = hold(&packout, conditioning, &medicine(), ambient, ambient);
        let Ok(terms) = terms else { return Ok(()) };
        let left = terms.hold.min(Seconds::hours(500)) - terms.opening * openings;
        let per_opening = left.0.max(0) / (openings + 1);
        let openings = if per_opening < terms.recovery.0 { 0 } else { openings };
        let mut steps = Vec::new();
        let mut rest = if openings == 0 { terms.hold.min(Seconds::hours(500)) } else { left };
        for _ in 0..openings {
            let more = (per_opening - terms.recovery.0).max(0);
            let gap = terms.recovery + Seconds::round(spread * Seconds(more).as_f64());
            steps.push(Step { seconds: gap, ambient_c: ambient.degrees(), openings_after: 1 });
            rest -= gap;
        }
        steps.push(Step { seconds: rest, ambient_c: ambient.degrees(), openings_after: 0 });
        let class = medicine();
        let packed = Packed { packout: &packout, conditioning, class: &class, payload_c };
        let trace = simulate(&packed, &steps).unwrap();
        prop_assert!(trace.payload_min_c > 2.0 - 1e-9, "{terms:?} {trace:?}");
        prop_assert!(trace.payload_max_c < 8.0 + 1e-9, "{terms:?} {trace:?}");
    }

    #[test]
    fn more_heat_and_more_openings_never_help(
        packout in boxes(), ambient_c in 8.5..40.0f64, hotter in 0.0..5.0f64, extra in 1..4u32,
    ) {
        let class = medicine();
        let (a, b) = (MilliCelsius::celsius(ambient_c), MilliCelsius::celsius(ambient_c + hotter));
        let warm = hold(&packout, Conditioning::Frozen, &class, a, a);
        let hot = hold(&packout, Conditioning::Frozen, &class, b, b);
        if let Ok(hot) = hot {
            prop_assert!(warm.unwrap().hold >= hot.hold && warm.unwrap().recovery <= hot.recovery);
        }
        let steps = |openings_after| {
            [Step { seconds: Seconds::hours(2), ambient_c, openings_after }; 4]
        };
        let few = run(&packout, 0.3, &class, &steps(1));
        let many = run(&packout, 0.3, &class, &steps(1 + extra));
        prop_assert!(many.coolant_end_j >= few.coolant_end_j - 1e-6);
        prop_assert!(many.payload_max_c >= few.payload_max_c - 1e-9);
    }

    #[test]
    fn no_possible_box_yields_nonsense(
        packout in boxes(), melted in 0.0..=1.0f64, payload_c in -40.0..40.0f64,
        day in prop::collection::vec((-60.0..60.0f64, 0..100_000i64, 0..5u32), 0..8),
        offset in prop::sample::select(vec![1e-9, 0.5, 1.0 - 1e-9]),
    ) {
        let packout = PackOut { payload_offset: offset, ..packout };
        let steps: Vec<Step> = day.iter().map(|&(ambient_c, seconds, openings_after)| Step {
            seconds: Seconds(seconds), ambient_c, openings_after,
        }).collect();
        let class = medicine();
        let conditioning = Conditioning::Melted(melted);
        let packed = Packed { packout: &packout, conditioning, class: &class, payload_c };
        let trace = simulate(&packed, &steps).unwrap();
        prop_assert!(trace.coolant_end_j.is_finite());
        prop_assert!(trace.payload_min_c >= -60.0 - 1e-6 && trace.payload_max_c <= 60.0 + 1e-6);
    }
}
