import Glibc

/// The value of the `Date` field, an IMF-fixdate (RFC 9110, section 5.6.7), made anew once a second.
struct DateField {
    private var second = Int.min
    private var text: [UInt8] = []

    /// The octets for the time of day.
    mutating func current() -> [UInt8] {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        if time.tv_sec != second {
            second = time.tv_sec
            text = Self.format(secondsSinceEpoch: second)
        }
        return text
    }

    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// A time as in `Sun, 06 Nov 1994 08:49:37 GMT`; days from 1970 to the civil date by way of 400-year eras.
    static func format(secondsSinceEpoch: Int) -> [UInt8] {
        let day = Int((Double(secondsSinceEpoch) / 86_400).rounded(.down))
        let clock = secondsSinceEpoch - day * 86_400
        // The era starts on 1 March of year 0, so that the leap day is the last of its year.
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 2 : marchMonth - 10
        let year = yearOfEra + era * 400 + (month < 2 ? 1 : 0)
        let weekday = ((day % 7) + 7) % 7
        let date = "\(days[weekday]), \(padded(dayOfMonth, 2)) \(months[month]) \(padded(year, 4))"
        let time = "\(padded(clock / 3600, 2)):\(padded(clock / 60 % 60, 2)):\(padded(clock % 60, 2))"
        return Array("\(date) \(time) GMT".utf8)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
