import Testing

@testable import PointFormats

@Suite struct NumpyDecoderTests {
    /// What `numpy.save` was given, rounded as the type of the file has it.
    @Test(
        arguments: [
            (NumpySamples.matrixLittleFloat32, [1.5, -2.25, 3, 0.0078125, -65504, 6e-8]),
            (NumpySamples.matrixBigFloat32, [1.5, -2.25, 3, 0.0078125, -65504, 6e-8]),
            (NumpySamples.matrixLittleFloat64, [1.5, -2.25, 3, 0.0078125, -65504, 6e-8]),
            (NumpySamples.matrixBigFloat64, [1.5, -2.25, 3, 0.0078125, -65504, 6e-8]),
            (NumpySamples.matrixLittleFloat16, [1.5, -2.25, 3, 0.0078125, -65504, 0x1p-24]),
            (NumpySamples.matrixBigFloat16, [1.5, -2.25, 3, 0.0078125, -65504, 0x1p-24]),
            (NumpySamples.version2, [1.5, -2.25, 3, 0.0078125, -65504, 6e-8]),
            (NumpySamples.version3, [1.5, -2.25, 3, 0.0078125, -65504, 6e-8]),
            (NumpySamples.matrixInt8, [1, 2, 3, 100, -128, 127]), (NumpySamples.matrixUInt8, [1, 2, 3, 100, 255, 127]),
            (NumpySamples.matrixInt16, [1, 2, 3, 100, -32768, 127]),
            (NumpySamples.matrixBigInt16, [1, 2, 3, 100, -32768, 127]),
            (NumpySamples.matrixUInt16, [1, 2, 3, 100, 65535, 127]),
            (NumpySamples.matrixInt32, [1, 2, 3, 100, -0x1p31, 127]),
            (NumpySamples.matrixBigInt32, [1, 2, 3, 100, -0x1p31, 127]),
            (NumpySamples.matrixUInt32, [1, 2, 3, 100, 0x1p32, 127]),
            (NumpySamples.matrixInt64, [1, 2, 3, 100, -0x1p63, 127]),
            (NumpySamples.matrixBigInt64, [1, 2, 3, 100, -0x1p63, 127]),
            (NumpySamples.matrixUInt64, [1, 2, 3, 100, 0x1p64, 127]),
        ] as [([UInt8], [Float])])
    func everyTypeIsReadInBothByteOrders(file: [UInt8], expected: [Float]) {
        let outcome = decode(file)
        #expect(outcome.values == expected)
        #expect(outcome.summary?.format == .npy)
        #expect(outcome.summary?.schema == PointSchema(columns: nil, dimension: 2))
        #expect(outcome.summary?.rows == 3)
    }

    @Test func booleansAreZeroAndOne() {
        #expect(decode(NumpySamples.matrixBool).values == [1, 0, 0, 1])
    }

    @Test func fortranOrderIsTurned() {
        #expect(decode(NumpySamples.fortranFloat32).values == [0, 1, 2, 3, 4, 5])
        #expect(decode(NumpySamples.fortranFloat64).values == [0, 1, 2, 3, 4, 5])
    }

    @Test func aVectorIsPointsOfOneCoordinate() {
        for file in [NumpySamples.vector, NumpySamples.fortranVector] {
            let outcome = decode(file)
            #expect(outcome.values == [1, 2, 3])
            #expect(outcome.summary?.schema.dimension == 1)
        }
    }

    @Test func columnsAreChosenByIndex() {
        let swapped = decodingOptions { $0.columns = [.index(1), .index(0)] }
        #expect(decode(NumpySamples.matrixInt8, nil, swapped).values == [2, 1, 100, 3, 127, -128])
        #expect(decode(NumpySamples.fortranFloat32, nil, swapped).values == [1, 0, 3, 2, 5, 4])
        let second = decodingOptions { $0.columns = [.index(1)] }
        #expect(decode(NumpySamples.fortranFloat32, nil, second).values == [1, 3, 5])
        let named = decodingOptions { $0.columns = [.name("x")] }
        #expect(decode(NumpySamples.matrixInt8, nil, named).error?.detail.contains("no names") == true)
    }

    @Test func mistakesInColumnsThatAreLeftOutDoNotMatter() {
        let second = decodingOptions { $0.columns = [.index(1)] }
        #expect(decode(NumpySamples.notFinite, nil, second).error?.places.map(\.column) == [2])
        let first = decodingOptions { $0.columns = [.index(0)] }
        #expect(decode(NumpySamples.fortranNotFinite, nil, first).values == [1, 3])
    }

    @Test func everyHalfIsExact() throws {
        let half = try NumpyScalar("<f2")
        for bits in UInt16.min...UInt16.max {
            let value = withUnsafeBytes(of: bits.littleEndian) { bytes in
                bytes.baseAddress.map { Float(half.load($0, .float32)) }
            }
            #if arch(arm64)
                #expect(value?.bitPattern == Float(Float16(bitPattern: bits)).bitPattern || value?.isNaN == true)
            #else
                let exponent = Int(bits >> 10 & 31)
                let fraction = Double(bits & 1023)
                var expected =
                    exponent == 0
                    ? fraction * 0x1p-24
                    : (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
                if exponent == 31 { expected = fraction == 0 ? .infinity : .nan }
                if bits >> 15 == 1 { expected = -expected }
                if value.map(Double.init) != expected, !(value?.isNaN == true && expected.isNaN) {
                    Issue.record("\(bits) is \(String(describing: value)), not \(expected)")
                }
            #endif
        }
    }

    @Test func aHeaderMayBeWrittenInOtherWaysThanNumpysOwn() throws {
        let text = #"{"shape":(3,2),"fortran_order":False , 'descr' : '<f4'}"#
        let header = try NumpyHeader(dictionary: Array(text.utf8))
        #expect(header.rows == 3 && header.columns == 2 && !header.isFortranOrder && header.byteCount == 24)
        #expect(
            try NumpyHeader(dictionary: Array("{'descr':'<f4','fortran_order':True,'shape':(5L,),}\n".utf8)).rows == 5)
    }

    @Test func whatIsWrittenReadsBack() {
        var writer = ByteWriter()
        writer.append(npyHeader: [2, 2])
        writer.append(npyValues: [1, -0.0, Float.leastNonzeroMagnitude, Float.greatestFiniteMagnitude])
        #expect(
            decode(writer.bytes).values.map(\.bitPattern)
                == [1, -0.0, Float.leastNonzeroMagnitude, Float.greatestFiniteMagnitude].map(\.bitPattern))
    }

    @Test func aLongArrayInFortranOrderIsTurnedThroughTheScratchStorage() throws {
        let rows = 2_200_000
        let header = "{'descr': '<f4', 'fortran_order': True, 'shape': (\(rows), 2), }"
        var body = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        let column = (0..<rows).map { Float($0 % 4_093) }
        for values in [column, column.map { -$0 }] { values.withUnsafeBytes { body += $0 } }
        let scratch = MemoryScratch()
        var decoder = PointDecoder(format: .npy, scratch: { scratch })
        var points = PointArray()
        try body.withUnsafeBytes { try decoder.feed($0, into: &points) }
        #expect(try decoder.finish(into: &points).rows == rows)
        #expect(scratch.bytes.count > 8 * rows - ScratchBuffer.memoryLimit)
        #expect(points.values.indices.allSatisfy { points.values[$0] == ($0 % 2 == 0 ? 1 : -1) * column[$0 / 2] })
    }
}
