import{ib as e,kb as o}from"./chunk-WQC7JUWH.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
