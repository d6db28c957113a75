//! Exact numbers: rationals of any size, read from decimal text, rounded once by GB/T 8170.
//!
//! No operation loses a digit; a float appears only where it enters ([`Exact::from_f64`]) or leaves
//! ([`Exact::to_f64`]).

use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};
use std::str::FromStr;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// The longest decimal text accepted, so that `1e999999999` cannot exhaust memory.
const MAX_TEXT: usize = 64;
/// The largest decimal exponent accepted, either sign.
const MAX_EXPONENT: i32 = 400;

/// An exact rational number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(BigRational);

/// How a value is cut to a number of decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// GB/T 8170-2008 3.2: 四舍六入五成双, half to even.
    HalfEven,
    /// 四舍五入, half away from zero (tax amounts).
    HalfUp,
    /// 进位取整, towards positive infinity (IAQI, HJ 633).
    Ceil,
    /// Towards negative infinity (water-quality display habits, counts).
    Floor,
}

/// Text that is not a decimal number or a fraction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» 不是数值 (is not a number)")]
pub struct NotANumber(pub String);

impl Exact {
    /// 0
    pub fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// 1
    pub fn one() -> Self {
        Self(BigRational::one())
    }

    /// A whole number.
    pub fn int(n: i64) -> Self {
        Self(BigRational::from_integer(BigInt::from(n)))
    }

    /// `n / d`; `None` when `d` is zero.
    pub fn ratio(n: i64, d: i64) -> Option<Self> {
        (d != 0).then(|| Self(BigRational::new(BigInt::from(n), BigInt::from(d))))
    }

    /// The number a float's shortest decimal text names (0.1 is one tenth, not its binary neighbour).
    /// `None` for NaN and infinities.
    pub fn from_f64(value: f64) -> Option<Self> {
        value
            .is_finite()
            .then(|| value.to_string().parse().ok())
            .flatten()
    }

    /// The nearest float; infinite when out of range.
    pub fn to_f64(&self) -> f64 {
        self.0.to_f64().unwrap_or(f64::INFINITY)
    }

    /// `self / other`; `None` when `other` is zero.
    pub fn checked_div(&self, other: &Self) -> Option<Self> {
        (!other.is_zero()).then(|| Self(&self.0 / &other.0))
    }

    /// Whether it is exactly zero.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// Distance from zero.
    #[must_use]
    pub fn abs(&self) -> Self {
        Self(self.0.abs())
    }

    /// `self` to a small whole power.
    #[must_use]
    pub fn pow(&self, exponent: u8) -> Self {
        let mut out = Self::one();
        for _ in 0..exponent {
            out = &out * self;
        }
        out
    }

    /// Rounded to `decimals` places (negative: tens, hundreds …).
    #[must_use]
    pub fn round(&self, decimals: i32, how: Rounding) -> Self {
        let scale = power_of_ten(decimals);
        let scaled = &self.0 * &scale;
        let floor = scaled.numer().div_floor(scaled.denom());
        let rest = &scaled - BigRational::from_integer(floor.clone());
        let half = BigRational::new(BigInt::one(), BigInt::from(2));
        let up = match how {
            Rounding::Floor => false,
            Rounding::Ceil => !rest.is_zero(),
            Rounding::HalfUp => {
                if scaled.is_negative() {
                    rest > half
                } else {
                    rest >= half
                }
            }
            Rounding::HalfEven => rest > half || (rest == half && floor.is_odd()),
        };
        let whole = if up { floor + BigInt::one() } else { floor };
        Self(BigRational::from_integer(whole) / scale)
    }

    /// GB/T 8170 to `decimals` places.
    #[must_use]
    pub fn round_gb8170(&self, decimals: i32) -> Self {
        self.round(decimals, Rounding::HalfEven)
    }

    /// GB/T 8170 to `digits` significant digits (at least one).
    #[must_use]
    pub fn round_significant(&self, digits: u32) -> Self {
        if self.is_zero() {
            return self.clone();
        }
        let digits = i32::try_from(digits.max(1)).unwrap_or(i32::MAX);
        self.round_gb8170(digits - 1 - self.magnitude())
    }

    /// Decimal exponent of the leading digit: 3 for 1234, -2 for 0.05; 0 for zero.
    pub fn magnitude(&self) -> i32 {
        if self.is_zero() {
            return 0;
        }
        let value = self.0.abs();
        let len = |n: &BigInt| i32::try_from(n.to_string().len()).unwrap_or(i32::MAX);
        let guess = len(value.numer()) - len(value.denom());
        if value >= power_of_ten(guess) {
            guess
        } else {
            guess - 1
        }
    }

    /// As an `i64` when it is a whole number in range.
    pub fn to_i64(&self) -> Option<i64> {
        self.0
            .is_integer()
            .then(|| self.0.to_integer().to_i64())
            .flatten()
    }

    /// Decimal text with exactly `decimals` places, after rounding by GB/T 8170.
    pub fn to_fixed(&self, decimals: u32) -> String {
        let places = i32::try_from(decimals).unwrap_or(i32::MAX);
        let whole = (self.round_gb8170(places).0 * power_of_ten(places)).to_integer();
        let digits = whole.abs().to_string();
        let width = decimals as usize + 1;
        let padded = format!("{digits:0>width$}");
        let (int, frac) = padded.split_at(padded.len() - decimals as usize);
        let sign = if whole.is_negative() { "-" } else { "" };
        if frac.is_empty() {
            format!("{sign}{int}")
        } else {
            format!("{sign}{int}.{frac}")
        }
    }

    /// The number of decimals of a terminating decimal, `None` for 1/3 and its like.
    pub fn decimals(&self) -> Option<u32> {
        let mut denom = self.0.denom().clone();
        let mut count = |prime: u8| {
            let prime = BigInt::from(prime);
            let mut n = 0_u32;
            while denom.is_multiple_of(&prime) {
                denom /= &prime;
                n += 1;
            }
            n
        };
        let places = count(2).max(count(5));
        denom.is_one().then_some(places)
    }

    /// `n/d` in lowest terms, or a whole number.
    pub fn to_fraction(&self) -> String {
        self.0.to_string()
    }

    /// Decimal text for people: exact when it terminates within 12 places, else 12 significant digits and «…».
    pub fn to_display(&self) -> String {
        match self.decimals() {
            Some(places) if places <= 12 => self.to_fixed(places),
            _ => {
                let places = u32::try_from(11 - self.magnitude()).unwrap_or(0);
                format!("{}…", self.to_fixed(places))
            }
        }
    }

    /// A JSON number: a whole number where it is one, else the nearest float.
    pub fn to_json(&self) -> serde_json::Value {
        match self.to_i64() {
            Some(n) => n.into(),
            None => serde_json::Number::from_f64(self.to_f64())
                .map_or(serde_json::Value::Null, serde_json::Value::Number),
        }
    }

    /// Sum; zero for none.
    pub fn sum<'a>(values: impl IntoIterator<Item = &'a Self>) -> Self {
        values.into_iter().fold(Self::zero(), |acc, v| &acc + v)
    }

    /// Arithmetic mean; `None` for no value.
    pub fn mean<'a>(values: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut n = 0_i64;
        let mut total = Self::zero();
        for value in values {
            n += 1;
            total = &total + value;
        }
        total.checked_div(&Self::int(n))
    }
}

fn power_of_ten(exponent: i32) -> BigRational {
    let bounded = exponent.clamp(-10 * MAX_EXPONENT, 10 * MAX_EXPONENT);
    let power = BigInt::from(10).pow(bounded.unsigned_abs());
    if bounded >= 0 {
        BigRational::from_integer(power)
    } else {
        BigRational::new(BigInt::one(), power)
    }
}

impl FromStr for Exact {
    type Err = NotANumber;

    /// Reads `-12.50`, `1.2e-3`, `1041/8`.
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let bad = || NotANumber(text.chars().take(MAX_TEXT).collect());
        let trimmed = text.trim();
        if trimmed.len() > MAX_TEXT || trimmed.is_empty() {
            // Floats print long but bounded texts (1e-300 is 300 zeros): allow those.
            if trimmed.is_empty() || trimmed.len() > 400 {
                return Err(bad());
            }
        }
        if let Some((n, d)) = trimmed.split_once('/') {
            let n: BigInt = n.trim().parse().map_err(|_| bad())?;
            let d: BigInt = d.trim().parse().map_err(|_| bad())?;
            return if d.is_zero() {
                Err(bad())
            } else {
                Ok(Self(BigRational::new(n, d)))
            };
        }
        let (mantissa, exponent) = match trimmed.split_once(['e', 'E']) {
            Some((m, e)) => (m, e.parse::<i32>().map_err(|_| bad())?),
            None => (trimmed, 0),
        };
        if exponent.abs() > MAX_EXPONENT {
            return Err(bad());
        }
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (int, frac) = digits.split_once('.').unwrap_or((digits, ""));
        if int.is_empty() && frac.is_empty() || !int.bytes().chain(frac.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        let all: BigInt = format!("0{int}{frac}").parse().map_err(|_| bad())?;
        let places = i32::try_from(frac.len()).map_err(|_| bad())?;
        let value =
            BigRational::from_integer(if negative { -all } else { all }) * power_of_ten(exponent - places);
        Ok(Self(value))
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_display())
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $op:tt) => {
        impl $trait<&Exact> for &Exact {
            type Output = Exact;
            fn $method(self, other: &Exact) -> Exact {
                Exact(&self.0 $op &other.0)
            }
        }
        impl $trait<Exact> for Exact {
            type Output = Exact;
            fn $method(self, other: Exact) -> Exact {
                Exact(self.0 $op other.0)
            }
        }
    };
}
operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);

impl Neg for &Exact {
    type Output = Exact;
    fn neg(self) -> Exact {
        Exact(-&self.0)
    }
}

impl From<i64> for Exact {
    fn from(n: i64) -> Self {
        Self::int(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn x(text: &str) -> Exact {
        text.parse().unwrap()
    }

    #[test]
    fn reads_decimals_exponents_and_fractions() {
        assert_eq!(x("0.1"), Exact::ratio(1, 10).unwrap());
        assert_eq!(x("-1.25e2"), Exact::int(-125));
        assert_eq!(x("1041/8").to_display(), "130.125");
        for bad in ["", " ", ".", "-", "1/0", "abc", "1e99999", "1.2.3", "NaN", "０"] {
            assert!(bad.parse::<Exact>().is_err(), "{bad}");
        }
    }

    #[test]
    fn gb8170_rounds_half_to_even_on_the_exact_value() {
        assert_eq!(x("2.5").round_gb8170(0).to_fixed(0), "2");
        assert_eq!(x("3.5").round_gb8170(0).to_fixed(0), "4");
        assert_eq!(x("4.35").to_fixed(1), "4.4");
        assert_eq!(x("4.25").to_fixed(1), "4.2");
        assert_eq!(x("-0.25").to_fixed(1), "-0.2");
        assert_eq!(x("1250").round_gb8170(-2), x("1200"));
        assert_eq!(x("0.00012345").round_significant(3), x("0.000123"));
        assert_eq!(x("-2.5").round(0, Rounding::HalfUp), x("-3"));
        assert_eq!(x("55").round(0, Rounding::Ceil), x("55"));
    }

    proptest::proptest! {
        #[test]
        fn rounding_is_idempotent(n in -1_000_000_i64..1_000_000, d in 1_i64..1000, p in -3_i32..6) {
            let once = Exact::ratio(n, d).unwrap().round_gb8170(p);
            proptest::prop_assert_eq!(once.round_gb8170(p), once);
        }

        #[test]
        fn decimal_text_returns(n in -1_000_000_000_i64..1_000_000_000, places in 0_u32..9) {
            let value = x(&format!("{n}e-{places}"));
            let shown = value.to_fixed(places);
            proptest::prop_assert_eq!(x(&shown), value);
        }
    }
}
