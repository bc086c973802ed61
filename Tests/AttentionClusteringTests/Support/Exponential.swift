import Foundation

/// e to the x, apart from the code under test.
func exponential(_ x: Double) -> Double { exp(x) }
