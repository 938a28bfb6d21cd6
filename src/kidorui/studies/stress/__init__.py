"""What if they cut us off: the market month by month, with what each of its members holds."""
