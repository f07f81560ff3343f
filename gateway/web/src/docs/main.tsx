import { render } from "preact";
import { initLanguage } from "../i18n/language";
import { initTheme } from "../state/theme";
import { DocsPage, loadDescription } from "./docs_page";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/controls.css";
import "../styles/header.css";
import "../styles/docs.css";

initLanguage();
initTheme();
void loadDescription();
render(<DocsPage />, document.getElementById("app")!);
