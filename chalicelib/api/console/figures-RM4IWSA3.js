import{ib as e,kb as t}from"./chunk-WQC7JUWH.js";function r(){return e(t,{title:"Figures",children:"\u2026"})}export{r as default};
