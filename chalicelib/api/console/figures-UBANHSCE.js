import{Wa as e,Ya as t}from"./chunk-F7EBDJF4.js";function r(){return e(t,{title:"Figures",children:"\u2026"})}export{r as default};
