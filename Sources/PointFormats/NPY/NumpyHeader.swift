/// The header of a `.npy`: a Python dictionary of three known entries (NumPy's format specification, NEP 1).
struct NumpyHeader: Sendable, Equatable {
    let scalar: NumpyScalar
    let isFortranOrder: Bool
    /// The number of points and of the numbers of each.
    let rows: Int
    let columns: Int

    /// Reads the dictionary, such as `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }`.
    init(dictionary text: [UInt8]) throws(FormatError) {
        var literal = PythonLiteral(text)
        var descr: String?
        var isFortranOrder: Bool?
        var shape: [Int]?
        try literal.expect("{")
        while !literal.take("}") {
            let key = try literal.string()
            try literal.expect(":")
            switch key {
            case "descr" where descr == nil:
                if literal.isNext("[") { throw Self.structured }
                descr = try literal.string()
            case "fortran_order" where isFortranOrder == nil: isFortranOrder = try literal.boolean()
            case "shape" where shape == nil: shape = try literal.tuple()
            default: throw PythonLiteral.error("has an unknown or repeated entry \(ErrorText.quoted(key))")
            }
            if !literal.take(",") {
                try literal.expect("}")
                break
            }
        }
        try literal.expectEnd()
        guard let descr, let isFortranOrder, let shape else {
            throw PythonLiteral.error("lacks one of descr, fortran_order and shape")
        }
        scalar = try NumpyScalar(descr)
        self.isFortranOrder = isFortranOrder && shape.count > 1
        (rows, columns) = try Self.matrix(shape)
        let (values, overflows) = rows.multipliedReportingOverflow(by: columns)
        guard !overflows, !values.multipliedReportingOverflow(by: scalar.size).overflow else {
            throw PythonLiteral.error("announces more numbers than there can be")
        }
    }

    /// How many bytes of numbers follow the header.
    var byteCount: Int { rows * columns * scalar.size }

    private static func matrix(_ shape: [Int]) throws(FormatError) -> (rows: Int, columns: Int) {
        switch shape.count {
        case 1: return (shape[0], 1)
        case 2: return (shape[0], shape[1])
        default:
            let sizes = shape.map(String.init).joined(separator: ", ")
            throw FormatError(
                code: .unprocessable,
                detail: "the array has \(ErrorText.counted(shape.count, "dimension")) (shape (\(sizes))) where points "
                    + "need two, N and d. Save numpy.reshape(x, (len(x), -1)), or x.reshape(1, -1) for one point.",
                places: [.init(byte: 0, name: "shape", detail: "the header's shape is (\(sizes))")])
        }
    }

    private static let structured = FormatError(
        code: .unprocessable,
        detail: "the array is structured (its descr is a list of fields). Save plain numbers, such as with: "
            + "numpy.save(file, numpy.lib.recfunctions.structured_to_unstructured(x)).",
        places: [.init(byte: 0, name: "descr", detail: "the header's descr is a list of fields")])
}
