//! TEMPORARY
pub(crate) fn get(name: &str, default: f64) -> f64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}
macro_rules! knob {
    ($f:ident, $n:literal, $d:literal) => {
        pub(crate) fn $f() -> f64 {
            static V: std::sync::OnceLock<f64> = std::sync::OnceLock::new();
            *V.get_or_init(|| get($n, $d))
        }
    };
}
knob!(t0, "T0", 1.0);
knob!(tend, "TEND", 0.004);
knob!(mean, "MEAN", 10.0);
knob!(smax, "SMAX", 10.0);
knob!(pstr, "PSTR", 70.0);
knob!(paro, "PARO", 97.0);
knob!(kins, "KINS", 60.0);
knob!(part, "PART", 600.0);
knob!(ration, "RATION", 100.0);
knob!(ls, "LS", 1.0);
knob!(slice, "SLICEK", 40.0);
