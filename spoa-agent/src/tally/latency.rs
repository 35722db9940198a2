/// One answer in so many is timed: to read the clock twice costs about as much as to count everything else.
pub const SAMPLED_FROM: u64 = 16;

/// Upper bounds of the histogram's buckets in nanoseconds, 250 ns to 10 ms; what takes longer is in a last one.
pub const BUCKETS: [u64; 14] = [
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    10_000_000,
];

/// The bucket of a time: of those with room for it, the first.
pub(super) fn bucket(nanos: u64) -> usize {
    BUCKETS.partition_point(|&bound| bound < nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_the_bucket_that_it_ends() {
        assert_eq!([bucket(0), bucket(250), bucket(251), bucket(10_000_000)], [0, 0, 1, 13]);
        assert_eq!(bucket(u64::MAX), BUCKETS.len());
        assert!(BUCKETS.is_sorted());
    }
}
