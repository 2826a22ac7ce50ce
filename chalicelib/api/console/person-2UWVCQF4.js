import{Wa as e,Ya as o}from"./chunk-F7EBDJF4.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
