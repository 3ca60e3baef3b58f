//! Sunshine on a box, as a warmer ambient temperature.

/// The heat film of still air outdoors, W/(m² K); from memory of textbook values.
pub const FILM_W_PER_M2_K: f64 = 15.0;

/// Sun on a box (sol-air temperature; ASHRAE Handbook, Fundamentals, chapter on fenestration and
/// nonresidential loads).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sun {
    /// Absorptance of the skin: about 0.3 white, 0.6 grey, 0.9 black.
    pub absorptance: f64,
    /// Irradiance, W/m²: up to about 1000 at noon, more on the plateau.
    pub w_per_m2: f64,
    /// The share of the skin the sun falls on.
    pub exposed: f64,
}

impl Sun {
    /// `T_e = T_amb + alpha I f / h_o`, degrees Celsius.
    pub fn sol_air_c(&self, air_c: f64) -> f64 {
        air_c + self.absorptance * self.w_per_m2 * self.exposed / FILM_W_PER_M2_K
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_black_skin_in_full_sun_is_60_kelvin_warmer() {
        for (absorptance, kelvins) in [(0.3, 20.0), (0.6, 40.0), (0.9, 60.0)] {
            let sun = Sun { absorptance, w_per_m2: 1000.0, exposed: 1.0 };
            assert!((sun.sol_air_c(20.0) - 20.0 - kelvins).abs() < 1e-9);
        }
        let shade = Sun { absorptance: 0.9, w_per_m2: 1000.0, exposed: 0.0 };
        assert!((shade.sol_air_c(-20.0) + 20.0).abs() < 1e-12);
    }
}
