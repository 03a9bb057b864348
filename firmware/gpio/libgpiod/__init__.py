"""A gpiozero pin factory on libgpiod 2: deep kernel buffer, no polling, every lost edge known.

``events`` and ``chips`` are pure; ``reader`` is the one thread; ``pins`` is what gpiozero sees. Registered
as ``gpiod`` in the entry points ``gpiozero_pin_factories``, so ``GPIOZERO_PIN_FACTORY=gpiod`` chooses it in
any program on gpiozero.
"""
