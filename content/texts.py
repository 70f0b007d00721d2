"""What the site says on its first day; the centre edits it afterwards in the back office."""

HOME = {
    "title": "县电子商务公共服务中心",
    "slug": "home",
    "headline": "学会一样，用上一样",
    "headline_en": "Learn one thing, use one thing",
    "intro": (
        "县电子商务公共服务中心为村组干部、创业者、从业者和本地讲师免费培训。"
        "建档立卡户、妇女、残疾人和返乡人员优先，培训在县、乡、村三级站点进行。"
    ),
    "intro_en": (
        "Free training for cadres, future shop owners, station staff and local trainers. Poor households, women, "
        "disabled people and returnees come first; classes are held in the county, the townships and the villages."
    ),
}

FIRST_NOTICE = {
    "title": "电商培训报名须知",
    "title_en": "How to join a training class",
    "slug": "how-to-join",
    "body": (
        "<p>培训全部免费。可以在村服务点、乡镇服务站或县电子商务公共服务中心报名，也可以请村干部代为上报。</p>"
        "<h2>需要带什么</h2>"
        "<ul><li>本人身份证，用来登记和颁发结业证书</li><li>自己的手机，没有智能手机也可以来，现场有备用机</li>"
        "<li>建档立卡户、残疾人请告诉工作人员，优先安排</li></ul>"
        "<h2>怎样结业</h2>"
        "<p>参加全部课次的百分之八十以上，并通过实操任务，就可以领取结业证书。"
        "证书上有编号和二维码，任何人都可以在本网站核验真假。</p>"
        "<h2>个人信息</h2>"
        "<p>登记的身份证号和电话加密保存，只用于培训记录和验收核对，不对外公开。</p>"
    ),
    "body_en": (
        "<p>All training is free. Register at your village point, your township station or the county centre, "
        "or ask your village office to report you.</p>"
        "<h2>What to bring</h2>"
        "<ul><li>Your ID card, for the register and the certificate</li>"
        "<li>Your own phone; if it is not a smartphone, come all the same, there are spare ones</li>"
        "<li>Tell us if your household is registered as poor or if you are disabled: you come first</li></ul>"
        "<h2>How to finish</h2>"
        "<p>Attend at least 80 per cent of the sessions and pass the practical tasks to receive a certificate. "
        "It carries a number and a QR code, and anyone can check it on this site.</p>"
        "<h2>Your data</h2>"
        "<p>ID and phone numbers are stored encrypted, used only for the training record and its verification, "
        "and never published.</p>"
    ),
}

CONTEST = {
    "body": (
        "<p>有想法、有产品、有团队，都来试一试。个人和团队都可以报名，交一份商业计划书就行。</p>"
        "<h2>谁可以参加</h2>"
        "<p>在本县内从事或准备从事农村电商的个人、合作社、企业和团队。返乡大学生、农民工、妇女、残疾人和建档立卡户优先。</p>"
        "<h2>分组与奖项</h2>"
        "<p>分初创组和成长组。每组设一等奖一名、二等奖两名、三等奖三名。</p>"
        "<h2>怎样评</h2>"
        "<p>路演五分钟，答辩三分钟。评委看产品、团队、商业模式、市场、运营和带动就业，取平均分。</p>"
    ),
    "body_en": (
        "<p>An idea, a product or a team is enough: one person or several can enter with a business plan.</p>"
        "<h2>Who may enter</h2>"
        "<p>People, co-operatives, enterprises and teams who do or plan rural e-commerce in Cangyuan. "
        "Returned graduates and workers, women, disabled people and registered poor households come first.</p>"
        "<h2>Groups and prizes</h2>"
        "<p>Two groups, starters and growing businesses. In each: one first, two second and three third prizes.</p>"
        "<h2>How it is judged</h2>"
        "<p>Five minutes of pitch and three of answers. The judges look at product, team, business model, market, "
        "operation and jobs, and the mean counts.</p>"
    ),
}
