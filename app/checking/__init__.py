"""The answer checker: which parts of what a model wrote stand on a computation (promise 2)."""
