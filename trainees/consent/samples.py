# ruff: noqa: E501 - sentences of a text, broken where they read best
"""The texts a centre starts from, in Chinese and English; the manager edits the draft before it is published."""

from dataclasses import dataclass

from .enums import ConsentKind


@dataclass(frozen=True)
class Sample:
    title: str
    title_en: str
    body: str
    body_en: str


SAMPLES = {
    ConsentKind.ORDINARY: Sample(
        title="个人信息处理告知与同意书",
        title_en="Notice and consent: your personal data",
        body=(
            "本中心为组织电子商务培训、记录您的学习、颁发证书并向主管部门证明培训确实办过，需要处理您的个人信息。\n\n"
            "处理的信息：姓名、性别、出生日期、证件号码、电话、所在乡镇和村、报名、签到、课程与实操结果、证书。\n\n"
            "谁能看到：中心和您所在乡镇的工作人员、为您上课的讲师；验收时由检查人员抽查。证件号码和电话加密保存，列表中只显示一部分，"
            "每次查看完整号码都记录是谁、为什么。\n\n"
            "保存多久：项目验收后十年，之后经两人确认作匿名处理，只保留统计数字。\n\n"
            "您的权利：可以查阅、复制、更正、要求删除，也可以随时撤回同意；撤回后不再为您办理新的报名和联系，此前依法统计的人次保留。"
            "不同意不影响您旁听公开课程。\n\n"
            "联系：向村级服务点、乡镇服务站或县电子商务公共服务中心提出，三十日内答复。"
        ),
        body_en=(
            "To hold e-commerce training, to record what you learn, to hand out certificates and to prove to the "
            "authorities that the training took place, the centre processes your personal data.\n\n"
            "What: name, sex, date of birth, ID number, phone, township and village, enrolment, attendance, results of "
            "lessons and practical tasks, certificates.\n\n"
            "Who sees it: staff of the centre and of your township, the trainers of your classes; evaluators see samples. "
            "ID number and phone are encrypted and shown in part only; every look at the full numbers is written down "
            "with who and why.\n\n"
            "How long: ten years after the project's acceptance; then two people confirm that it is made anonymous, and "
            "only figures stay.\n\n"
            "Your rights: you may see, copy and correct your data, ask for deletion, and withdraw this consent at any "
            "time. From then on you are not enrolled or contacted again; what was lawfully counted stays. Saying no does "
            "not keep you from open lessons.\n\n"
            "Where: the village point, the township station or the county centre; you get an answer within 30 days."
        ),
    ),
    ConsentKind.SENSITIVE: Sample(
        title="处理敏感个人信息的单独同意书",
        title_en="Separate consent: sensitive data",
        body=(
            "有些信息一旦泄露容易伤害人的尊严，法律称为敏感个人信息。为了优先安排培训名额、提供无障碍服务、统计帮扶成效，"
            "本中心请您单独同意处理：是否为建档立卡户及户编号、是否残疾及残疾类别和等级。\n\n"
            "这些信息只给工作确实需要的人看，不出现在一般名单和导出表中，也不对外公布。\n\n"
            "不同意或者撤回同意，不影响您参加培训，只是不再登记和使用这些信息。"
        ),
        body_en=(
            "Some data can hurt a person's dignity if they become known; the law calls them sensitive. To give places "
            "first to those who need them, to remove barriers and to show what the support achieved, we ask your "
            "separate consent to process: whether your household is registered as poor and its number; whether you are "
            "disabled, the kind and the grade.\n\n"
            "Only those whose work needs it see this. It stands in no common list or export and is never published.\n\n"
            "If you say no, or withdraw, you take part all the same; these data are then no longer entered or used."
        ),
    ),
    ConsentKind.PUBLICATION: Sample(
        title="公开姓名和影像的单独同意书",
        title_en="Separate consent: publication",
        body=(
            "本中心有时在公示名单、新闻和宣传材料中介绍学员。请您单独同意公开：姓名（公示时隐去部分）、所在乡镇、"
            "参加的培训、培训现场照片。\n\n公示期满即撤下。不同意或者撤回同意，不影响您参加培训；撤回后不再发布新的内容，"
            "并撤下我们能够撤下的内容。"
        ),
        body_en=(
            "Sometimes the centre presents trainees in public lists, news and brochures. We ask your separate consent to "
            "publish: your name (partly hidden in lists), your township, the training you took, photographs of the "
            "training.\n\nLists are taken down when their time is over. If you say no, or withdraw, you take part all the "
            "same; nothing new is then published, and what we can take down is taken down."
        ),
    ),
}
