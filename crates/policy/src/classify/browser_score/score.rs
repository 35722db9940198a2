use super::SIGNALS;

/// What a signal says, before it is weighed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finding {
    /// Quarters of the signal's weight, −4 to 4; nothing where the signal cannot speak.
    quarters: Option<i8>,
    why: &'static str,
}

impl Finding {
    /// As a browser does.
    pub(super) const fn agrees(why: &'static str) -> Self {
        Self { quarters: Some(4), why }
    }

    /// As browsers do, with something left out that they may leave out.
    pub(super) const fn mostly(why: &'static str) -> Self {
        Self { quarters: Some(3), why }
    }

    /// As some browsers do, and some programs.
    pub(super) const fn partly(why: &'static str) -> Self {
        Self { quarters: Some(2), why }
    }

    /// Nothing that speaks for a browser.
    pub(super) const fn missing(why: &'static str) -> Self {
        Self { quarters: Some(0), why }
    }

    /// What the browser that is claimed always sends is not there.
    pub(super) const fn lacking(why: &'static str) -> Self {
        Self { quarters: Some(-2), why }
    }

    /// What no browser sends.
    pub(super) const fn contradicts(why: &'static str) -> Self {
        Self { quarters: Some(-4), why }
    }

    /// Says nothing, and is not counted on either side.
    pub(super) const fn silent(why: &'static str) -> Self {
        Self { quarters: None, why }
    }

    /// The finding in a request that has no header of which only browsers think.
    fn unconfirmed(self, signal: &str) -> Self {
        match signal {
            "user_agent" if self.speaks_for_a_browser() => {
                Self::partly("a browser's, and nothing confirms it")
            }
            _ if self.speaks_for_a_browser() => {
                Self::missing("as programs have it too, and nothing says more")
            }
            _ => self,
        }
    }

    fn speaks_for_a_browser(self) -> bool {
        self.quarters.is_some_and(|quarters| quarters > 0)
    }
}

/// How much a request looks like a browser's, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    total: u8,
    signals: [Signal; SIGNALS.len()],
}

/// What one signal contributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Name of the signal, as in the policy.
    pub name: &'static str,
    /// Points that it got, rounded down; negative where it contradicts a browser.
    pub points: i16,
    /// Points that it could have got; 0 where the signal cannot speak, such as client hints of a browser that has none.
    pub of: u16,
    /// What was found.
    pub why: &'static str,
}

impl Score {
    /// 0 to 100: above 80 reads as a browser, below 20 as a script.
    #[must_use]
    pub fn total(&self) -> u8 {
        self.total
    }

    /// What each signal contributes. The total is the sum of the points over the sum of what they are out of, in hundredths.
    pub fn signals(&self) -> impl Iterator<Item = Signal> + '_ {
        self.signals.iter().copied()
    }

    /// The findings by their weights.
    ///
    /// A user agent is copied easily, and HTTP/2 or `Accept-Encoding: gzip, deflate, br` come with many libraries. So they speak
    /// for a browser only beside a header that only browsers send by themselves.
    pub(super) fn weigh(findings: [Finding; SIGNALS.len()], weights: &[u16; SIGNALS.len()]) -> Self {
        let confirmed =
            SIGNALS.iter().zip(findings).any(|(kind, f)| kind.confirms && f.speaks_for_a_browser());
        let (mut quarters, mut of) = (0_i32, 0_i32);
        let mut signals = [Signal { name: "", points: 0, of: 0, why: "" }; SIGNALS.len()];
        let places = signals.iter_mut().zip(&SIGNALS).zip(findings).zip(weights);
        for (((signal, kind), finding), weight) in places {
            let finding = if confirmed { finding } else { finding.unconfirmed(kind.name) };
            let share = finding.quarters.map_or(0, i32::from).saturating_mul((*weight).into());
            let out_of = if finding.quarters.is_some() { *weight } else { 0 };
            quarters = quarters.saturating_add(share);
            of = of.saturating_add(out_of.into());
            let points = i16::try_from(share.div_euclid(4)).unwrap_or(0);
            *signal = Signal { name: kind.name, points, of: out_of, why: finding.why };
        }
        Self { total: percent(quarters, of.saturating_mul(4)), signals }
    }
}

/// `part` of `whole` in hundredths, rounded; 0 where there is no whole.
fn percent(part: i32, whole: i32) -> u8 {
    let rounded = part.saturating_mul(200).saturating_add(whole).checked_div(whole.saturating_mul(2));
    u8::try_from(rounded.unwrap_or(0).clamp(0, 100)).unwrap_or(0)
}
