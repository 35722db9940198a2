//! docs/four-weeks.md
