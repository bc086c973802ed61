/// Tokens and the keys that signed them, made with the Python package `cryptography`, whose private keys are gone.
///
/// Valid from 2023-11-14 to 2033-05-18, unless their name says otherwise.
enum SampleTokens {
    static let keySet = """
        {"keys":[{"kty":"RSA","kid":"r","n":"4IbE1_5cwtbHbzti_Jl00rkrbYEOWT-zkmVWkVH1qbSpLbL3pwt0w\
        USVcUL7jBucaFphVCCZkp8SY50kxLZBrLZCEUGOgA_dODnBuwU7e8AYgmMFaViUeTPjHlBVI2RzHV299DDuwHbfgxi\
        zCy0c9n2yfLss6xrMW-qzsdVUxFD7FqC3z4TMa6ECe1G2Cy-xRNV-AguR_mVsED6mQFBoFo8Q37XhtJmj4Fn98zk-3\
        HYgA9LytsCTYI4EMCdI15haaM4KvdcgdJTS74pPqLDc_ZTKttOJh6CoqXdahwbNydPp7fYJ_L3MOuMo8jxW2m3bs3Y\
        Pg2pvPIr3ciP79-T-9w","e":"AQAB"},{"kty":"EC","crv":"P-256","kid":"e","x":"8oi71_REckzQOC1I\
        oVo8D3TsHGrYmx0NJBV4Y45c-lk","y":"W62MnufOy77ZLquwU0fY6sxmjXNIq_1bjgoJSaQMLvc"},{"kty":"OK\
        P","crv":"Ed25519","kid":"d","x":"FiYk39RnGAnvoew_HqvtDkouGxAlFAb67_DAokwKF_w","alg":"EdDS\
        A","use":"sig"}]}
        """

    static let good: [(name: String, token: String)] = [
        (
            "RS256",
            """
            eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InIifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4c\
            CI6MjAwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwfQ.aqp-02yqXT8Kh9cKU-8TDuXyzicG5pN1OsrBBFH2aGbnBxyy\
            WsclagNtn4HJQLiGAnVCKo1CfLyzApc9tdmEhsWeZdAZBQKca1O_Dc0N16rCyoSO-ECWgS0AWcxe99zo9zmBB2mKa4\
            Jsnnnau9h_Ob4M5oiIKuaCCHm1wgVp9cw7PfOTGNZ9Mu39uM3-7wlSEapVl7ha6Yq5EbqJA0or0uY6IHGrL8hZrj7N\
            bwiLJIzDnGtjnQ7XKr8bmJcQe9UtBZH5WTWz7g3yJKjAL04mi_RKHeBcNcObkByYg_qXyJXQ1EbImBWijmUAed4I-2\
            GYtGhlWYkTiCcvWbMxylV5SQ
            """
        ),
        (
            "ES256",
            """
            eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImUifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4c\
            CI6MjAwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwfQ.rH_cRwIQLGqPcdr3D30lnEe6n88gPagbqf2zzEYjs_6Vp9bU\
            WLeKf1RxNiBGs_Q-nOQzzxWbq4tanT_ej_djPg
            """
        ),
        (
            "EdDSA",
            """
            eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImQifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4c\
            CI6MjAwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwfQ.lXUSplNphdP4ACkUcMCEButsSzn8PPNUP22UdnsbVCQr9ScW\
            9JEoru4L6MnhZdJ54-M-JU-g9HmPGeHS_eq_BA
            """
        ),
        (
            "no kid",
            """
            eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJjbHVzd\
            GVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4cCI6MjAwMDAwMDA\
            wMCwibmJmIjoxNzAwMDAwMDAwfQ.jkZzR3F_YfZLtPZUJoVa-JvS2SujqF3okLJ_FjQnV--6lr48o81cowVEeUWHow\
            _krgzv3DHhhJDPgxCigZx4BA
            """
        ),
        (
            "list aud",
            """
            eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImQifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOlsieCIsImNsdXN0ZXJkIl0sInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0Z\
            SIsImV4cCI6MjAwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwfQ.lnHsTgaqlTXZF3dknvn0xGfl9eA1dml0wXU-rYqv\
            0JZ_yHRW3PFkqRcCCuGlvyhVLYFUScWXEAQcbDW5f1CnBA
            """
        ),
    ]

    static let bad: [(name: String, token: String)] = [
        (
            "none",
            """
            eyJhbGciOiJub25lIiwidHlwIjoiSldUIiwia2lkIjoiciJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhd\
            WQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4cCI\
            6MjAwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwfQ.
            """
        ),
        (
            "HS256 with the public key",
            """
            eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InIifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4c\
            CI6MjAwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwfQ.rMdiCzKhuG2W8w1nMPFuoCyXNdafSwUn8I4SG11lvZY
            """
        ),
        (
            "HS256 with the key's bytes",
            """
            eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImQifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4c\
            CI6MjAwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwfQ.F0-r6xvlWYpl2ho--fHAmX7VzxOUWLw3SzR4lryL4Fk
            """
        ),
        (
            "a key of another type",
            """
            eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6InIifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4c\
            CI6MjAwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwfQ.ZCVn-Gav-gQq-dDuCMUCJJVFWtkSn3q49pnKemJsx2nfniBY\
            DtghWsC0RlHfY9yaQ_3Z-MR_gbE5Gk1JilPTAw
            """
        ),
        (
            "another's key",
            """
            eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImQifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4c\
            CI6MjAwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwfQ.2WgDVaeYMRkAAkN7YgRlVpT6o5ne_YkhD_sIRByng9yF9TVe\
            IpDuS1TI1BcgwkKCKkyBJ9ad-i_ER9cmxXxTAQ
            """
        ),
        (
            "an unknown kid",
            """
            eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6IngifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4c\
            CI6MjAwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwfQ.DvDBTwwuDiWeGUpqetygEqLGwaw4xeIrp5qchm08r0GqxFkg\
            8IPUTokQrbaA0o76_KLyb2VSd8acFUMYM0hRBw
            """
        ),
        (
            "another issuer",
            """
            eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImQifQ.eyJpc3MiOiJodHRwczovL2V2aWwuZXhhbXBsZSI\
            sImF1ZCI6ImNsdXN0ZXJkIiwic3ViIjoic3ZjIiwidGVuYW50IjoiYWRhIiwic2NvcGUiOiJyZWFkIHdyaXRlIiwiZ\
            XhwIjoyMDAwMDAwMDAwLCJuYmYiOjE3MDAwMDAwMDB9.qGKWLCxJZdGNEuSvfjqup3r2rLQYFGzecMwbbv6kM6gpNi\
            aZLykMqEyYqiibiF1ntqaou7aEKuJzWlsk5uqKBQ
            """
        ),
        (
            "another audience",
            """
            eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImQifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOiJ4Iiwic3ViIjoic3ZjIiwidGVuYW50IjoiYWRhIiwic2NvcGUiOiJyZWFkIHdyaXRlIiwiZXhwIjoyMDAwM\
            DAwMDAwLCJuYmYiOjE3MDAwMDAwMDB9.VSDQUe_ayv2bOiY7qT8_bnQCIv0PSaoxaVUxxrPpD_nFCIZkf3pf9M_vUo\
            lgtCSI8VOr_bA4u5XkKIV6HooiDg
            """
        ),
        (
            "expired",
            """
            eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImQifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4c\
            CI6MTcwMDAwMDEwMCwibmJmIjoxNzAwMDAwMDAwfQ.pSiIILe1Jr888sOa-P6GHGhbYqiEh7BEZwhbd3w9j4KadQyq\
            2kHot43x-diJ-Hy19d5ibnphFr0Cku5B_Oo9DA
            """
        ),
        (
            "not yet",
            """
            eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImQifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4c\
            CI6MjAwMDAwMDAwMCwibmJmIjoxOTAwMDAwMDAwfQ.tyf6-XW4McKxg4aVfJ4JiQ9rhVYOI49wvvBor0Q6CWpv4y-x\
            A7FSSh9n6ZEmBAh2rL-5-buGD9CUFkfn-IS6Bw
            """
        ),
        (
            "no expiry",
            """
            eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImQifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0ZSIsIm5iZ\
            iI6MTcwMDAwMDAwMH0.MFB_cPgeVWcPPNdAjZxFGk-7nv71ZX-F_b1V1nVPC6IJkY9Ddyu7yHqpQ0lO3nb2a_-mUVm\
            rZF6ZUqCKeml7DQ
            """
        ),
        (
            "a tenant that is no name",
            """
            eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImQifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFAYiIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4c\
            CI6MjAwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwfQ.O2iO1cvx-WpW3itkQxeG61hoQ1GUXlpfznsg_tNfMLFr_gOj\
            W_c3CD9PiB3RcrIUDmmhJoN-F3Qgs6FuF0IPBQ
            """
        ),
        (
            "critical extension",
            """
            eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImQiLCJjcml0IjpbImI2NCJdLCJiNjQiOmZhbHNlfQ.eyJ\
            pc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkY\
            SIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4cCI6MjAwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwfQ.2NCR454_GL_x\
            hX1s1PXgeBuY96PFYGq6FTc54-ZD0Lj-OhnlAV4sH3S5DQB6XjNY-wwwGSDNAa1_CWwa6ZWtDQ
            """
        ),
        (
            "no subject",
            """
            eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImQifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
            hdWQiOiJjbHVzdGVyZCIsInRlbmFudCI6ImFkYSIsInNjb3BlIjoicmVhZCB3cml0ZSIsImV4cCI6MjAwMDAwMDAwM\
            CwibmJmIjoxNzAwMDAwMDAwfQ.TiON8UiEkvtOR7cgR-RjhKomVGa0ICqYLk3DDfGvAg6T8PtuwgUQ22QaI0yRMUXS\
            sQGNT_n3-LC8bPBKno3aAA
            """
        ),
    ]

    static let withoutScope = """
        eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImQifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ\
        hdWQiOiJjbHVzdGVyZCIsInN1YiI6InN2YyIsInRlbmFudCI6ImFkYSIsImV4cCI6MjAwMDAwMDAwMCwibmJmIjoxN\
        zAwMDAwMDAwfQ._Ih_VKDvis9xxQUsw1exhhGk17V8XGsBlyXqTiIPzTXjBqGLdmsyoowqbdFFWi_HjJgRROpLSF2o\
        kAZOR6NaCA
        """
}
