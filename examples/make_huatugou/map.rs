//! The drawing: junctions, places and links. Names are real, positions rough (a kilometre or worse,
//! from general knowledge), heights near 3,000 m by guess.

/// What kind of road a link is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grade {
    Trunk,
    Secondary,
    Tertiary,
    Gravel,
    Track1,
    Track2,
    Track3,
    Track4,
    Track5,
    /// A track of grade 3 with a ford in its middle.
    Ford,
    /// A track that is closed in winter.
    Seasonal,
}

/// A place with a compound at the end of its road.
#[derive(Clone, Copy)]
pub(crate) struct Camp {
    pub(crate) name: &'static str,
    pub(crate) zh: &'static str,
    /// Value of the OSM key `place`.
    pub(crate) kind: &'static str,
    /// Latitude and longitude, degrees.
    pub(crate) at: (f64, f64),
    /// Height above the sea, m.
    pub(crate) height_m: f64,
}

/// Name, latitude and longitude in degrees, height in m.
pub(crate) type Anchor = (&'static str, (f64, f64), f64);

/// The middle of Gasi Kule Lake, degrees.
pub(crate) const LAKE: (f64, f64) = (38.115, 90.775);

/// Where roads meet.
pub(crate) const JUNCTIONS: &[Anchor] = &[
    ("Qigequan junction", (38.318, 90.520), 3010.0),
    ("Hongliuquan junction", (38.285, 90.610), 2960.0),
    ("Asbestos mine junction", (38.345, 90.235), 3150.0),
    ("Youshashan junction", (38.228, 90.985), 2930.0),
    ("Lenghu junction", (38.190, 91.230), 2910.0),
    ("Huangguamao junction", (38.045, 91.490), 2930.0),
    ("Nanyishan junction", (38.325, 91.500), 2870.0),
    ("Youquanzi junction", (38.370, 91.760), 2850.0),
    ("Jiandingshan junction", (38.440, 92.010), 2820.0),
    ("Dafengshan junction", (38.490, 92.460), 2790.0),
    ("Niubiziliang junction", (38.640, 92.890), 2780.0),
    ("Kaitemilike junction", (37.915, 92.160), 2850.0),
];

/// Where roads leave the drawing.
pub(crate) const LOOSE_ENDS: &[Anchor] = &[
    ("to Ruoqiang", (38.420, 90.080), 3200.0),
    ("to Da Qaidam", (37.930, 93.330), 2700.0),
    ("to Golmud", (37.480, 92.420), 2840.0),
];

macro_rules! camps {
    ($($name:literal $zh:literal $kind:literal $lat:literal $lon:literal $height:literal,)*) => {
        /// The settlements, oilfield camps and other places, the farthest camp excepted.
        pub(crate) const CAMPS: &[Camp] = &[$(Camp {
            name: $name, zh: $zh, kind: $kind, at: ($lat, $lon), height_m: $height,
        },)*];
    };
}

camps! {
    "Youyuangou" "油园沟" "hamlet" 38.292 90.868 2990.0,
    "Shizigou" "狮子沟" "hamlet" 38.335 90.795 3150.0,
    "Ganchaigou" "干柴沟" "hamlet" 38.425 90.770 3210.0,
    "Xianshuiquan" "咸水泉" "hamlet" 38.590 90.960 3090.0,
    "Youshashan" "油砂山" "village" 38.270 91.005 3060.0,
    "Huatugou Airport" "花土沟机场" "locality" 38.205 90.842 2900.0,
    "Gasi" "尕斯" "hamlet" 38.168 90.850 2865.0,
    "Yuejin No. 1" "跃进一号" "hamlet" 38.140 90.930 2870.0,
    "Yuejin No. 2" "跃进二号" "hamlet" 38.185 91.010 2890.0,
    "Zhahaquan" "扎哈泉" "hamlet" 38.030 91.110 2900.0,
    "Wunan" "乌南" "hamlet" 37.950 91.200 2920.0,
    "Kunbei" "昆北" "hamlet" 37.905 90.800 2990.0,
    "Qiekelike" "切克里克" "hamlet" 37.975 90.620 2950.0,
    "Alar" "阿拉尔" "village" 38.045 90.430 2910.0,
    "Tiemulike" "铁木里克" "village" 37.985 90.130 3060.0,
    "Hongliuquan" "红柳泉" "hamlet" 38.205 90.520 2930.0,
    "Qigequan" "七个泉" "hamlet" 38.385 90.470 3180.0,
    "Mangya asbestos mine" "茫崖石棉矿" "town" 38.325 90.200 3200.0,
    "Nanyishan" "南翼山" "hamlet" 38.370 91.480 2860.0,
    "Xiaoliangshan" "小梁山" "hamlet" 38.530 91.340 2830.0,
    "Huangguamao" "黄瓜峁" "hamlet" 38.085 91.530 2950.0,
    "Youquanzi" "油泉子" "hamlet" 38.250 91.740 2900.0,
    "Old Mangya" "老茫崖" "village" 37.845 91.735 2940.0,
    "Gansen" "甘森" "hamlet" 37.540 92.290 2850.0,
    "Jiandingshan" "尖顶山" "hamlet" 38.480 92.040 2830.0,
    "Kaitemilike" "开特米里克" "hamlet" 38.030 92.190 2870.0,
    "Youdunzi" "油墩子" "locality" 38.110 92.380 2860.0,
    "Dafengshan" "大风山" "hamlet" 38.370 92.520 2810.0,
    "Dongping" "东坪" "hamlet" 38.680 92.330 2900.0,
    "Yiliping" "一里坪" "hamlet" 37.955 93.230 2700.0,
    "Lenghu" "冷湖镇" "town" 38.740 93.330 2750.0,
}

/// Roads and tracks: a grade and the anchors in order.
pub(crate) const LINKS: &[(Grade, &[&str])] = &[
    (
        Grade::Trunk,
        &[
            "to Ruoqiang",
            "Asbestos mine junction",
            "Qigequan junction",
            "Hongliuquan junction",
            "town west",
        ],
    ),
    (
        Grade::Trunk,
        &[
            "town east",
            "Youshashan junction",
            "Lenghu junction",
            "Huangguamao junction",
            "Old Mangya",
            "Kaitemilike junction",
            "Yiliping",
            "to Da Qaidam",
        ],
    ),
    (
        Grade::Secondary,
        &[
            "Lenghu junction",
            "Nanyishan junction",
            "Youquanzi junction",
            "Jiandingshan junction",
            "Dafengshan junction",
            "Niubiziliang junction",
            "Lenghu",
        ],
    ),
    (Grade::Tertiary, &["Old Mangya", "Gansen", "to Golmud"]),
    (Grade::Tertiary, &["Asbestos mine junction", "Mangya asbestos mine"]),
    (Grade::Tertiary, &["town north", "Youyuangou", "Shizigou"]),
    (Grade::Tertiary, &["Youshashan junction", "Youshashan"]),
    (Grade::Tertiary, &["town south", "Huatugou Airport", "Gasi", "Yuejin No. 1"]),
    (Grade::Tertiary, &["Huangguamao junction", "Huangguamao"]),
    (Grade::Tertiary, &["Nanyishan junction", "Nanyishan"]),
    (Grade::Gravel, &["Yuejin No. 1", "Yuejin No. 2", "Youshashan junction"]),
    (Grade::Gravel, &["Shizigou", "Ganchaigou"]),
    (Grade::Gravel, &["Yuejin No. 2", "Zhahaquan", "Wunan"]),
    (Grade::Gravel, &["Qigequan junction", "Qigequan"]),
    (Grade::Gravel, &["Hongliuquan junction", "Hongliuquan", "Alar"]),
    (Grade::Gravel, &["Youquanzi junction", "Youquanzi"]),
    (Grade::Gravel, &["Jiandingshan junction", "Jiandingshan"]),
    (Grade::Gravel, &["Dafengshan junction", "Dafengshan"]),
    (Grade::Track1, &["Nanyishan", "Xiaoliangshan"]),
    (Grade::Track1, &["Alar", "Qiekelike", "Kunbei"]),
    (Grade::Track2, &["Kaitemilike junction", "Kaitemilike"]),
    (Grade::Track2, &["Dafengshan junction", "Dongping"]),
    (Grade::Track2, &["Kunbei", "Yuejin No. 1"]),
    (Grade::Track3, &["Ganchaigou", "Xianshuiquan"]),
    (Grade::Track3, &["Kaitemilike", "Youdunzi"]),
    (Grade::Track3, &["Youquanzi", "Huangguamao"]),
    (Grade::Track4, &["Wunan", "Huangguamao junction"]),
    (Grade::Track4, &["Xianshuiquan", "Xiaoliangshan"]),
    (Grade::Track5, &["Youdunzi", "Dafengshan"]),
    (Grade::Ford, &["Alar", "Tiemulike"]),
    (Grade::Seasonal, &["Qiekelike", "Hongliuquan"]),
];
