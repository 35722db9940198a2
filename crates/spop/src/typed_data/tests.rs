use core::net::{Ipv4Addr, Ipv6Addr};

use bytes::BytesMut;
use proptest::prelude::*;
use std::{format, string::String, vec::Vec};

use super::*;

fn encoded(value: TypedData<'_>) -> BytesMut {
    let mut out = BytesMut::new();
    value.encode(&mut out);
    out
}

fn malformed(offset: usize, defect: Defect) -> Result<(TypedData<'static>, &'static [u8]), Error> {
    Err(Error::Malformed { field: Field::TypedData, offset, defect })
}

#[test]
fn encodes_each_type_as_specified() {
    for (value, bytes) in [
        (TypedData::Null, &b"\x00"[..]),
        (TypedData::Bool(false), b"\x01"),
        (TypedData::Bool(true), b"\x11"),
        (TypedData::Int32(1), b"\x02\x01"),
        (TypedData::Uint32(16380), b"\x03\xfc\xf0\x06"),
        (TypedData::Int64(239), b"\x04\xef"),
        (TypedData::Uint64(240), b"\x05\xf0\x00"),
        (TypedData::Ipv4(Ipv4Addr::LOCALHOST), b"\x06\x7f\x00\x00\x01"),
        (TypedData::Ipv6(Ipv6Addr::LOCALHOST), b"\x07\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"),
        (TypedData::String(b"GET"), b"\x08\x03GET"),
        (TypedData::String(b""), b"\x08\x00"),
        (TypedData::Binary(b"\xe9\xff"), b"\x09\x02\xe9\xff"),
    ] {
        assert_eq!(encoded(value), bytes, "{value:?}");
        assert_eq!(value.encoded_len(), bytes.len(), "{value:?}");
        assert_eq!(TypedData::parse(bytes), Ok((value, &[][..])));
    }
}

#[test]
fn a_negative_int32_is_sign_extended_to_64_bits() {
    assert_eq!(encoded(TypedData::Int32(-1))[1..], encoded(TypedData::Int64(-1))[1..]);
}

#[test]
fn refuses_a_flag_that_spop_does_not_define() {
    for type_byte in [0x10, 0x18, 0x19, 0x21, 0x31, 0x81, 0x48] {
        assert_eq!(TypedData::parse(&[type_byte, 0]), malformed(0, Defect::UnknownDataType { type_byte }));
    }
}

#[test]
fn refuses_a_reserved_type() {
    for type_byte in 0x0a..=0x0f {
        assert_eq!(TypedData::parse(&[type_byte, 0]), malformed(0, Defect::UnknownDataType { type_byte }));
    }
}

#[test]
fn refuses_a_32_bit_integer_with_more_bits() {
    let mut wide = encoded(TypedData::Uint64(1 << 32));
    wide[0] = DataType::Uint32 as u8;
    assert_eq!(TypedData::parse(&wide).unwrap_err(), malformed(1, Defect::OutOfRange).unwrap_err());
    // 2^31 is what a peer sends that widens a negative value without its sign.
    let mut unsigned = encoded(TypedData::Uint32(1 << 31));
    unsigned[0] = DataType::Int32 as u8;
    assert_eq!(TypedData::parse(&unsigned).unwrap_err(), malformed(1, Defect::OutOfRange).unwrap_err());
}

#[test]
fn refuses_a_string_longer_than_the_input() {
    assert_eq!(TypedData::parse(b"\x08\x04GET"), malformed(2, Defect::Truncated));
    let mut endless = Vec::from([DataType::Binary as u8]);
    varint::encode(u64::MAX, &mut endless);
    assert_eq!(TypedData::parse(&endless).unwrap_err(), malformed(11, Defect::Truncated).unwrap_err());
}

#[test]
fn debug_output_keeps_the_bytes_to_itself() {
    assert_eq!(format!("{:?}", TypedData::String(b"session=secret")), "STRING(14 bytes)");
    assert_eq!(format!("{:?}", TypedData::Binary(b"secret")), "BINARY(6 bytes)");
}

#[test]
fn accessors_answer_only_for_their_types() {
    assert_eq!(TypedData::from("x").as_bytes(), Some(&b"x"[..]));
    assert_eq!(TypedData::from(true).as_bytes(), None);
    assert_eq!(TypedData::from(true).as_bool(), Some(true));
    assert_eq!(TypedData::from(1_u32).as_bool(), None);
    assert_eq!(TypedData::from(u32::MAX).as_i64(), Some(i64::from(u32::MAX)));
    assert_eq!([TypedData::from(-1_i32), TypedData::from(-1_i64)].map(|value| value.as_i64()), [Some(-1); 2]);
    assert_eq!(TypedData::from(i64::MAX.cast_unsigned()).as_i64(), Some(i64::MAX));
    assert_eq!(TypedData::from(u64::MAX).as_i64(), None);
    assert_eq!(TypedData::Null.as_i64(), None);
    let address = IpAddr::V6(Ipv6Addr::LOCALHOST);
    assert_eq!(TypedData::from(address).as_ip(), Some(address));
    assert!(TypedData::Null.is_null() && TypedData::Null.as_ip().is_none());
}

#[test]
fn type_names_are_those_of_the_specification() {
    let names: String = [TypedData::Null, TypedData::from(1_u64), TypedData::from("")]
        .map(|value| format!("{} ", value.data_type()))
        .concat();
    assert_eq!(names, "NULL UINT64 STRING ");
}

proptest! {
    #[test]
    fn every_integer_comes_back(value: u64) {
        for value in [
            TypedData::Uint64(value),
            TypedData::Int64(value.cast_signed()),
            TypedData::Uint32(u32::try_from(value >> 32).unwrap()),
            TypedData::Int32(u32::try_from(value >> 32).unwrap().cast_signed()),
        ] {
            let out = encoded(value);
            prop_assert_eq!(TypedData::parse(&out), Ok((value, &[][..])));
            prop_assert_eq!(out.len(), value.encoded_len());
        }
    }

    #[test]
    fn every_address_and_string_comes_back(v4: Ipv4Addr, v6: Ipv6Addr, bytes: Vec<u8>, tail: Vec<u8>) {
        for value in [v4.into(), v6.into(), TypedData::String(&bytes), TypedData::Binary(&bytes)] {
            let mut out = encoded(value);
            prop_assert_eq!(out.len(), value.encoded_len());
            out.extend_from_slice(&tail);
            let (parsed, rest) = TypedData::parse(&out).unwrap();
            prop_assert!(parsed == value && rest == tail);
        }
    }

    #[test]
    fn a_value_has_one_encoding(bytes: Vec<u8>) {
        if let Ok((value, rest)) = TypedData::parse(&bytes) {
            prop_assert_eq!(&encoded(value)[..], &bytes[..bytes.len() - rest.len()]);
        }
    }
}
