"""What a component has been through: its failures, its repairs, its warranty, and the root-cause case of one that fails again and again."""
