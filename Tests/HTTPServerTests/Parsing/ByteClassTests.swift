import Testing

@testable import HTTPServer

struct ByteClassTests {
    private static let alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    @Test func tokensAreThoseOfRFC9110() {
        let expected = Set((Self.alphanumeric + "!#$%&'*+-.^_`|~").utf8)
        for byte in 0...UInt8.max { #expect(ByteClass.isToken(byte) == expected.contains(byte), "\(byte)") }
    }

    @Test func registeredNamesAreThoseOfRFC3986() {
        let expected = Set((Self.alphanumeric + "-._~!$&'()*+,;=%").utf8)
        for byte in 0...UInt8.max { #expect(ByteClass.isRegisteredName(byte) == expected.contains(byte), "\(byte)") }
    }

    @Test func fieldValuesHaveNoControlsButTheTab() {
        for byte in 0...UInt8.max {
            let expected = byte == 9 || (0x20...0x7E).contains(byte) || byte >= 0x80
            #expect(ByteClass.isFieldValue(byte) == expected, "\(byte)")
        }
    }

    @Test func targetsAreVisibleASCIIWithoutAFragment() {
        for byte in 0...UInt8.max {
            #expect(ByteClass.isTarget(byte) == ((0x21...0x7E).contains(byte) && byte != 0x23), "\(byte)")
        }
    }

    @Test func digitsAreASCIIOnly() {
        for byte in 0...UInt8.max {
            #expect(ByteClass.isDigit(byte) == "0123456789".utf8.contains(byte))
            let hexadecimal = byte < 0x80 ? Character(UnicodeScalar(byte)).hexDigitValue : nil
            #expect(ByteClass.hexadecimalDigit(byte).map(Int.init) == hexadecimal)
        }
    }

    @Test func onlyASCIICapitalsHaveASmallLetter() {
        for byte in 0...UInt8.max {
            let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            #expect(ByteClass.lowercased(byte) == (isCapital ? byte + 32 : byte))
        }
    }
}
