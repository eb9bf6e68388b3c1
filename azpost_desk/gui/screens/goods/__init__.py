"""The goods screen: stamps, envelopes and packing off the shelf into the basket."""
