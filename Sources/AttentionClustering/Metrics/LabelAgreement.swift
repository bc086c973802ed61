/// How well a partition agrees with another one, such as found clusters with given classes.
///
/// ```swift
/// let agreement = try LabelAgreement(truth: classes, found: clustering.assignments)
/// print(agreement.adjustedRandIndex)
/// ```
///
/// The names of labels do not matter. Measures follow scikit-learn's definitions, its limit cases for partitions of
/// one part or of no points included: such partitions agree perfectly with themselves.
public struct LabelAgreement: Sendable, Equatable, Codable {
    /// The adjusted Rand index: 1 for equal partitions, 0 on average for random ones, down to −1/2.
    public let adjustedRandIndex: Double
    /// The adjusted mutual information: 1 for equal partitions, 0 on average for random ones.
    ///
    /// Adjusted for chance under fixed part sizes and normalised by the mean entropy (Vinh, Epps and Bailey 2010).
    public let adjustedMutualInformation: Double
    /// The mutual information over the mean of both entropies, from 0 to 1.
    public let normalizedMutualInformation: Double
    /// 1 when every cluster holds points of one class only.
    public let homogeneity: Double
    /// 1 when all points of a class lie in one cluster.
    public let completeness: Double
    /// The harmonic mean of homogeneity and completeness (Rosenberg and Hirschberg 2007).
    public let vMeasure: Double
    /// The share of points that belong to the most frequent class of their cluster.
    public let purity: Double
    /// The share of points labelled right when clusters are matched with classes, one with one, as well as possible.
    public let accuracy: Double

    /// Compares two labellings of the same points.
    ///
    /// - Parameters:
    ///   - truth: the class of each point.
    ///   - found: the cluster of each point.
    /// - Throws: ``ClusteringError`` when they are not equally many.
    /// - Complexity: O(N + C·R·√N + min(C, R)²·max(C, R)) for C classes and R clusters.
    public init(truth: [Int32], found: [Int32]) throws(ClusteringError) {
        let table = try ContingencyTable(rows: truth, columns: found)
        let information = MutualInformation(table)
        adjustedRandIndex = table.adjustedRandIndex
        adjustedMutualInformation = information.adjusted
        normalizedMutualInformation = information.normalized
        homogeneity = information.homogeneity
        completeness = information.completeness
        vMeasure = information.vMeasure
        purity = table.purity
        accuracy = table.accuracy
    }

    /// The adjusted Rand index alone.
    ///
    /// - Throws: ``ClusteringError`` when the labels are not equally many.
    /// - Complexity: O(N).
    public static func adjustedRandIndex(_ a: [Int32], _ b: [Int32]) throws(ClusteringError) -> Double {
        try ContingencyTable(rows: a, columns: b).adjustedRandIndex
    }

    /// The adjusted mutual information alone.
    ///
    /// - Throws: ``ClusteringError`` when the labels are not equally many.
    public static func adjustedMutualInformation(_ a: [Int32], _ b: [Int32]) throws(ClusteringError) -> Double {
        MutualInformation(try ContingencyTable(rows: a, columns: b)).adjusted
    }

    /// The normalised mutual information alone.
    ///
    /// - Throws: ``ClusteringError`` when the labels are not equally many.
    public static func normalizedMutualInformation(_ a: [Int32], _ b: [Int32]) throws(ClusteringError) -> Double {
        MutualInformation(try ContingencyTable(rows: a, columns: b)).normalized
    }

    /// The accuracy under the best matching alone.
    ///
    /// - Throws: ``ClusteringError`` when the labels are not equally many.
    public static func accuracy(truth: [Int32], found: [Int32]) throws(ClusteringError) -> Double {
        try ContingencyTable(rows: truth, columns: found).accuracy
    }
}

extension ContingencyTable {
    /// Hubert and Arabie (1985), in scikit-learn's arrangement: from the four counts of pairs of points.
    var adjustedRandIndex: Double {
        func squares(_ counts: some Sequence<Int>) -> Double { counts.reduce(0) { $0 + Double($1) * Double($1) } }
        let n = Double(total)
        let (joint, rows, columns) = (squares(cells.lazy.map(\.count)), squares(rowSums), squares(columnSums))
        let together = joint - n  // ordered pairs in one part of both partitions
        let rowsOnly = rows - joint
        let columnsOnly = columns - joint
        let apart = n * n - rows - columns + joint
        guard rowsOnly != 0 || columnsOnly != 0 else { return 1 }
        return 2 * (together * apart - rowsOnly * columnsOnly)
            / ((together + rowsOnly) * (rowsOnly + apart) + (together + columnsOnly) * (columnsOnly + apart))
    }

    /// Rows are classes and columns clusters.
    var purity: Double {
        guard total > 0 else { return 1 }
        var largest = [Int](repeating: 0, count: columnSums.count)
        for cell in cells { largest[cell.column] = max(largest[cell.column], cell.count) }
        return Double(largest.reduce(0, +)) / Double(total)
    }

    var accuracy: Double {
        total > 0 ? Double(BestMatching(self).matched) / Double(total) : 1
    }
}
