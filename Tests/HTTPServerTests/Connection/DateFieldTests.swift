import Testing

@testable import HTTPServer

struct DateFieldTests {
    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (951_868_799, "Tue, 29 Feb 2000 23:59:59 GMT"),
        (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"), (1_709_251_200, "Fri, 01 Mar 2024 00:00:00 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
    func datesAreThoseOfTheCalendar(seconds: Int, expected: String) {
        #expect(String(decoding: DateField.format(secondsSinceEpoch: seconds), as: UTF8.self) == expected)
    }

    @Test func theCurrentDateHasItsFixedLength() {
        var field = DateField()
        #expect(field.current().count == 29)
        #expect(field.current().count == 29)
    }
}

struct RequestIDsTests {
    @Test func idsAreDistinctAndFitAField() {
        var ids = RequestIDs()
        var seen = Set<String>()
        for _ in 0..<10_000 {
            let id = ids.next()
            #expect(id.utf8.count == 13)
            seen.insert(id)
        }
        #expect(seen.count == 10_000)
        #expect(seen.allSatisfy { $0.utf8.allSatisfy { ByteClass.isToken($0) } })
    }
}
