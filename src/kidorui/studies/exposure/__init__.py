"""How exposed a place is: where its supply comes from, how concentrated, how long it would last."""
