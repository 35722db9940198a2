//! Cookie passes that have ended, or that lift nobody.

use super::WarningKind::{CookiePassEndsSoon, CookiePassExpired, CookiePassWithoutEffect};
use super::checker::Checker;
use crate::Timestamp;
use crate::classify::network::NetworkKind;
use crate::document::CookiePassDocument;

impl Checker<'_> {
    pub(super) fn check_cookie_passes(&mut self) {
        let has_abusive = self.has_network(&[NetworkKind::Abusive]);
        for (n, pass) in self.document.cookie_passes.iter().enumerate() {
            if !has_abusive {
                let message = "lifts nobody: it is for those in a network of kind abusive, and there is none";
                self.warn(CookiePassWithoutEffect, &pass.host, format!("cookie_passes[{n}]"), message)
                    .hint("take it out, or name the network");
            }
            self.check_ends(n, pass);
        }
    }

    fn check_ends(&mut self, n: usize, pass: &CookiePassDocument) {
        let ends: Vec<Timestamp> =
            pass.values.iter().filter_map(|value| value.until.value.parse().ok()).collect();
        let Some(last) = ends.iter().max().copied() else { return };
        if last <= self.now {
            let message = format!("all values have ended, the last at {last}: nobody has this pass");
            self.warn(CookiePassExpired, &pass.host, format!("cookie_passes[{n}]"), message)
                .hint("take it out, or give it a new value");
            return;
        }
        for (m, (value, until)) in pass.values.iter().zip(&ends).enumerate() {
            let key = format!("cookie_passes[{n}].values[{m}].until");
            if *until <= self.now {
                let message = format!("the value ended at {until}");
                self.warn(CookiePassExpired, &value.until, key, message).hint("take the value out");
            } else if *until == last && self.is_soon(last) {
                let message = format!("the last value ends at {until}: nobody has this pass then");
                self.warn(CookiePassEndsSoon, &value.until, key, message)
                    .hint("add a new value with a later end, and keep this one until people have it");
            }
        }
    }
}
