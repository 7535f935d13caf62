"""The promises of mmbench; a package, so that no other named tests stands in."""
